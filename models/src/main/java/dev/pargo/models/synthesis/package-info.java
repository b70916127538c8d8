/** Writes checkpoints with random weights in the layouts of published ones. */
@NullMarked
package dev.pargo.models.synthesis;

import org.jspecify.annotations.NullMarked;
