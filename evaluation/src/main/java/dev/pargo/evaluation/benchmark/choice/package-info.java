/** Multiple choice: how options are shown and answers are read. */
@NullMarked
package dev.pargo.evaluation.benchmark.choice;

import org.jspecify.annotations.NullMarked;
