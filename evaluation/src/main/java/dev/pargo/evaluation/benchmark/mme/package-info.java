/** MME: two yes-or-no questions for each picture. */
@NullMarked
package dev.pargo.evaluation.benchmark.mme;

import org.jspecify.annotations.NullMarked;
