/** The progress of a long command. */
@NullMarked
package dev.pargo.evaluation.progress;

import org.jspecify.annotations.NullMarked;
