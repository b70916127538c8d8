/** Projectors: networks that turn the patch features of a vision encoder into visual tokens for the LLM. */
@NullMarked
package dev.pargo.models.projector;

import org.jspecify.annotations.NullMarked;
