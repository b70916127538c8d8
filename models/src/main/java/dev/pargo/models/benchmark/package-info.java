/** Benchmarks of networks alone, without any service. */
@NullMarked
package dev.pargo.models.benchmark;

import org.jspecify.annotations.NullMarked;
