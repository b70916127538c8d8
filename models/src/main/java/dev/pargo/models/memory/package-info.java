/** Decides before the weights are loaded whether a network fits in the available memory, and in which precision. */
@NullMarked
package dev.pargo.models.memory;

import org.jspecify.annotations.NullMarked;
