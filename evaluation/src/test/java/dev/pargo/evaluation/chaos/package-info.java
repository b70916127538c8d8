/** The instruments of the chaos run can tell right from wrong. */
@NullMarked
package dev.pargo.evaluation.chaos;

import org.jspecify.annotations.NullMarked;
