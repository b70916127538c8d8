/** SEED-Bench: multiple choice in twelve dimensions. */
@NullMarked
package dev.pargo.evaluation.benchmark.seed;

import org.jspecify.annotations.NullMarked;
