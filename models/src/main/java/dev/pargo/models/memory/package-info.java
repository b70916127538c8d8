/** Whether a network fits the memory that there is, and in which precision; decided before its weights are loaded. */
@NullMarked
package dev.pargo.models.memory;

import org.jspecify.annotations.NullMarked;
