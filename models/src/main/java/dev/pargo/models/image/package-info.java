/**
 * From an image to a vision encoder's input: decoded (in {@code file}), cut into pieces or fitted into a square as the
 * model expects, resized and normalised.
 */
@NullMarked
package dev.pargo.models.image;

import org.jspecify.annotations.NullMarked;
