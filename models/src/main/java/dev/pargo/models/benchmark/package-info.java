/** Measurements of networks by themselves, apart from any service. */
@NullMarked
package dev.pargo.models.benchmark;

import org.jspecify.annotations.NullMarked;
