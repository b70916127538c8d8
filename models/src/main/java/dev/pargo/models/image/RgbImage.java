package dev.pargo.models.image;

/**
 * A decoded image. The pixels are shared, not copied: whoever hands an image on must not write to it any more.
 *
 * @param width  1 to 65,535
 * @param height 1 to 65,535
 * @param rgb    shape [height, width, 3], one byte 0..255 a value
 */
public record RgbImage(int width, int height, byte[] rgb) {

    public RgbImage {
        if (width < 1 || width > ImageLimits.MAX_SIDE || height < 1 || height > ImageLimits.MAX_SIDE) {
            throw new IllegalArgumentException("%d x %d pixels".formatted(width, height));
        }
        if (rgb.length != 3L * width * height) {
            throw new IllegalArgumentException(
                    "%d bytes for %d x %d pixels of 3 channels".formatted(rgb.length, width, height));
        }
    }

    /** The top left corner of {@code side} x {@code side} pixels. */
    RgbImage topLeft(int side) {
        byte[] corner = new byte[3 * side * side];
        for (int y = 0; y < side; y++) {
            System.arraycopy(rgb, 3 * y * width, corner, 3 * y * side, 3 * side);
        }
        return new RgbImage(side, side, corner);
    }
}
