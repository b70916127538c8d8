package dev.pargo.encoder;

import dev.pargo.models.picture.PicturePixels;
import java.time.Duration;

/**
 * An image that is ready for the network.
 *
 * @param pixels in the pieces that the network wants
 * @param time   spent on decoding and fitting it
 */
record PreparedImage(PicturePixels pixels, Duration time) {}
