/** Failures at start, told to the operator in one line. */
@NullMarked
package dev.pargo.stage.start;

import org.jspecify.annotations.NullMarked;
