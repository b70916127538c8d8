/** Tests that the checks of the chaos run can fail. */
@NullMarked
package dev.pargo.evaluation.chaos;

import org.jspecify.annotations.NullMarked;
