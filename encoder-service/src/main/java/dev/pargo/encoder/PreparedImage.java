package dev.pargo.encoder;

import dev.pargo.models.picture.PicturePixels;
import java.time.Duration;

/**
 * An image that is ready for the network.
 *
 * @param pixels one entry for each piece that the network reads
 * @param time   time spent on decoding and resizing it
 */
record PreparedImage(PicturePixels pixels, Duration time) {}
