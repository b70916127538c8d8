/** Benchmarks: published question sets that are asked of a running gateway and scored. */
@NullMarked
package dev.pargo.evaluation.benchmark;

import org.jspecify.annotations.NullMarked;
