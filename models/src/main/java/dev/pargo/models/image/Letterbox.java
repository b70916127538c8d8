package dev.pargo.models.image;

import dev.pargo.models.image.ImageException.Reason;

/** Scales an image to fit into a box and pads it on all sides, as the reference's {@code resize_and_pad} does. */
final class Letterbox {

    private Letterbox() {}

    /**
     * Scales and pads. The scaled sides are truncated to whole pixels in double precision, so a side may be one pixel
     * shorter than the box: {@code int(277 * (448 / 277))} is 447.
     *
     * @throws ImageException if a scaled side has no pixel
     */
    static RgbImage fit(RgbImage image, int width, int height, Rgb padColor) {
        double ratio = Math.min((double) width / image.width(), (double) height / image.height());
        int innerWidth = (int) (image.width() * ratio);
        int innerHeight = (int) (image.height() * ratio);
        if (innerWidth < 1 || innerHeight < 1) {
            throw new ImageException(
                    Reason.UNDECODABLE,
                    "the image of %d x %d pixels is too thin to be scaled into %d x %d"
                            .formatted(image.width(), image.height(), width, height));
        }
        RgbImage inner = Resampler.resize(image, innerWidth, innerHeight, Filter.BICUBIC);
        return inner.onCanvas(width, height, (width - innerWidth) / 2, (height - innerHeight) / 2, padColor);
    }
}
