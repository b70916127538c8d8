/** Benchmarks: asks a running gateway published question sets and scores the answers. */
@NullMarked
package dev.pargo.evaluation.benchmark;

import org.jspecify.annotations.NullMarked;
