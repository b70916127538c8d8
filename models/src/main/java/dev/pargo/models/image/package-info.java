/**
 * From an image to a vision encoder's input: decoded (in {@code file}), cut up or fitted into a square as its model wants,
 * resized and normalised.
 */
@NullMarked
package dev.pargo.models.image;

import org.jspecify.annotations.NullMarked;
