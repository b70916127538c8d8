/** What all benchmarks share: questions, the journal of answers, the run. */
@NullMarked
package dev.pargo.evaluation.benchmark.exam;

import org.jspecify.annotations.NullMarked;
