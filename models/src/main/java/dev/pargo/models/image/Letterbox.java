package dev.pargo.models.image;

import dev.pargo.models.image.ImageException.Reason;

/** An image scaled to fit into a box, in the middle of padding, as the reference's {@code resize_and_pad} makes it. */
final class Letterbox {

    private Letterbox() {}

    /**
     * Scales and pads. The scaled sides are cut to whole pixels in double precision, so that a side may fall one pixel
     * short of the box: {@code int(277 * (448 / 277))} is 447.
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
        RgbImage inner = BicubicResampler.resize(image, innerWidth, innerHeight);
        byte[] box = new byte[3 * width * height];
        for (int at = 0; at < box.length; at += 3) {
            box[at] = (byte) padColor.red();
            box[at + 1] = (byte) padColor.green();
            box[at + 2] = (byte) padColor.blue();
        }
        int left = (width - innerWidth) / 2;
        int top = (height - innerHeight) / 2;
        for (int y = 0; y < innerHeight; y++) {
            System.arraycopy(inner.rgb(), 3 * y * innerWidth, box, 3 * ((top + y) * width + left), 3 * innerWidth);
        }
        return new RgbImage(width, height, box);
    }
}
