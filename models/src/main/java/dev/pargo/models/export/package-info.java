/** Writes the LLM of a bundle as a directory of its own. */
@NullMarked
package dev.pargo.models.export;

import org.jspecify.annotations.NullMarked;
