/** How far a long command is. */
@NullMarked
package dev.pargo.evaluation.progress;

import org.jspecify.annotations.NullMarked;
