package dev.pargo.models.image.file;

import dev.pargo.models.image.ImageException;
import dev.pargo.models.image.ImageException.Reason;
import dev.pargo.models.image.RgbImage;
import java.util.Locale;

/**
 * The limits of an image file, which are checked before a pixel is decoded. A side has at most 65,535 pixels, which
 * bounds the square that a thin strip is padded to. The work, pixels times passes, is at most that of {@value #PASSES}
 * passes over the largest image.
 *
 * @param maxBytes  largest file in bytes
 * @param maxPixels largest width * height in pixels
 */
public record ImageLimits(long maxBytes, long maxPixels) {

    /** Memory in bytes that decoding needs for a pixel, except in rare files. */
    public static final long BYTES_PER_PIXEL = 9;

    /** Progressive JPEG files of current encoders have 10 to 12 scans. */
    static final int PASSES = 16;

    public ImageLimits {
        if (maxBytes < 1 || maxPixels < 1) {
            throw new IllegalArgumentException("limits of %d bytes and %d pixels".formatted(maxBytes, maxPixels));
        }
    }

    void checkBytes(long bytes) {
        if (bytes > maxBytes) {
            throw new ImageException(
                    Reason.TOO_MANY_BYTES,
                    String.format(Locale.ROOT, "the image has %,d bytes; at most %,d are accepted", bytes, maxBytes));
        }
    }

    /** Checks a header's dimensions, each 1 to 2^31 - 1. */
    void checkSize(int width, int height) {
        if ((long) width * height > maxPixels) {
            throw new ImageException(
                    Reason.TOO_MANY_PIXELS,
                    String.format(
                            Locale.ROOT,
                            "the image has %,d x %,d = %,d pixels; at most %,d are accepted",
                            width,
                            height,
                            (long) width * height,
                            maxPixels));
        }
        if (Math.max(width, height) > RgbImage.MAX_SIDE) {
            throw new ImageException(
                    Reason.TOO_MANY_PIXELS,
                    String.format(
                            Locale.ROOT,
                            "the image has %,d x %,d pixels; at most %,d a side are accepted",
                            width,
                            height,
                            RgbImage.MAX_SIDE));
        }
    }

    void checkWork(EncodedImage image) {
        if (image.work() > PASSES * maxPixels) {
            throw new ImageException(
                    Reason.TOO_MANY_PIXELS,
                    String.format(
                            Locale.ROOT,
                            "%s = %,d pixels in all; at most %,d are accepted",
                            image.workInWords(),
                            image.work(),
                            PASSES * maxPixels));
        }
    }
}
