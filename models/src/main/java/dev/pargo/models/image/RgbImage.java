package dev.pargo.models.image;
/**
 * A decoded image. The pixels are shared, not copied: they must not be changed after the image was passed on.
 *
 * @param width  1 to 65,535
 * @param height 1 to 65,535
 * @param rgb    shape [height, width, 3], one byte 0..255 for each value
 */
public record RgbImage(int width, int height, byte[] rgb) {

    /** Longest side in pixels. */
    public static final int MAX_SIDE = 65_535;

    public RgbImage {
        if (width < 1 || width > MAX_SIDE || height < 1 || height > MAX_SIDE) {
            throw new IllegalArgumentException("%d x %d pixels".formatted(width, height));
        }
        if (rgb.length != 3L * width * height) {
            throw new IllegalArgumentException(
                    "%d bytes for %d x %d pixels of 3 channels".formatted(rgb.length, width, height));
        }
    }

    /** The top left corner of {@code side} x {@code side} pixels. */
    RgbImage topLeft(int side) {
        return crop(0, 0, side, side);
    }

    /** A part of the image. */
    RgbImage crop(int left, int top, int partWidth, int partHeight) {
        byte[] part = new byte[3 * partWidth * partHeight];
        for (int y = 0; y < partHeight; y++) {
            System.arraycopy(rgb, 3 * ((top + y) * width + left), part, 3 * y * partWidth, 3 * partWidth);
        }
        return new RgbImage(partWidth, partHeight, part);
    }

    /** The image on a larger canvas of one colour. */
    RgbImage onCanvas(int canvasWidth, int canvasHeight, int left, int top, Rgb color) {
        byte[] canvas = new byte[3 * canvasWidth * canvasHeight];
        for (int at = 0; at < canvas.length; at += 3) {
            canvas[at] = (byte) color.red();
            canvas[at + 1] = (byte) color.green();
            canvas[at + 2] = (byte) color.blue();
        }
        for (int y = 0; y < height; y++) {
            System.arraycopy(rgb, 3 * y * width, canvas, 3 * ((top + y) * canvasWidth + left), 3 * width);
        }
        return new RgbImage(canvasWidth, canvasHeight, canvas);
    }
}
