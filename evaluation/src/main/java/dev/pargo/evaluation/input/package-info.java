/** Errors of user input: files and values. */
@NullMarked
package dev.pargo.evaluation.input;

import org.jspecify.annotations.NullMarked;
