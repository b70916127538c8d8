/** Tables, plots and pages that show results. */
@NullMarked
package dev.pargo.evaluation.report;

import org.jspecify.annotations.NullMarked;
