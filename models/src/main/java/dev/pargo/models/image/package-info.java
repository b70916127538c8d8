/**
 * From the bytes of an image file to a vision encoder's input: headers checked against limits, pixels decoded, fitted
 * into a square and normalised.
 */
@NullMarked
package dev.pargo.models.image;

import org.jspecify.annotations.NullMarked;
