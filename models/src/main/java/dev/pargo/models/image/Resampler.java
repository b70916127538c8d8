package dev.pargo.models.image;

import java.util.Arrays;

/**
 * Pillow's resize, equal to the last bit: the horizontal pass first, 8-bit rounding and clamping between the
 * passes, 22-bit fixed-point weights (see {@link Taps}).
 *
 * <p>Padding around the image is not stored: its contribution is the sum of the weights that fall on it. Integer sums do
 * not depend on their order, so the result is that of the padded image.
 */
final class Resampler {

    /**
     * An image in the middle of a larger, otherwise uniform canvas.
     *
     * @param width  of the canvas
     * @param height of the canvas
     * @param left   of the image on the canvas
     * @param top    of the image on the canvas
     */
    record Canvas(RgbImage image, int width, int height, int left, int top, Rgb padColor) {}

    private Resampler() {}

    static RgbImage resize(RgbImage image, int width, int height, Filter filter) {
        if (image.width() == width && image.height() == height) {
            return image;
        }
        return resize(new Canvas(image, image.width(), image.height(), 0, 0, new Rgb(0, 0, 0)), width, height, filter);
    }

    static RgbImage resize(Canvas canvas, int width, int height, Filter filter) {
        RgbImage image = canvas.image;
        int[] pad = {canvas.padColor.red(), canvas.padColor.green(), canvas.padColor.blue()};
        Taps columns = Taps.compute(filter, canvas.width, canvas.left, image.width(), width);
        Taps rows = Taps.compute(filter, canvas.height, canvas.top, image.height(), height);
        return resize(image, columns, rows, pad);
    }

    /**
     * Resizes the shorter axis to {@code side}, keeping the aspect ratio, and returns the square in the middle. Pixels
     * beside the square are never computed, because a thin image would become very long.
     */
    static RgbImage resizeToMiddle(RgbImage image, int side, Filter filter) {
        int shorter = Math.min(image.width(), image.height());
        Taps columns = middle(filter, image.width(), shorter, side);
        Taps rows = middle(filter, image.height(), shorter, side);
        return resize(image, columns, rows, new int[3]);
    }

    /** The taps of the middle positions of an axis. */
    private static Taps middle(Filter filter, int length, int shorter, int side) {
        int resized = Math.toIntExact((long) side * length / shorter);
        return Taps.compute(filter, length, 0, length, resized, (resized - side) / 2, side);
    }

    private static RgbImage resize(RgbImage image, Taps columns, Taps rows, int[] pad) {
        int width = columns.first().length;
        int height = rows.first().length;
        byte[] narrowed = new byte[3 * width * image.height()];
        Bands.process(image.width(), image.height(), (from, end) -> {
            RowNarrowing narrowing = new RowNarrowing(columns, pad, image.width());
            for (int y = from; y < end; y++) {
                narrowing.narrow(image.rgb(), 3 * y * image.width(), narrowed, 3 * y * width);
            }
        });
        return new RgbImage(width, height, shorten(narrowed, paddingRow(columns, pad), rows));
    }

    /** The horizontal pass of a row that consists of padding. */
    private static int[] paddingRow(Taps columns, int[] pad) {
        int width = columns.first().length;
        int[] row = new int[3 * width];
        for (int x = 0; x < width; x++) {
            int sum = columns.padding()[x];
            for (int i = 0; i < columns.count()[x]; i++) {
                sum += columns.weights()[x * columns.stride() + i];
            }
            for (int channel = 0; channel < 3; channel++) {
                row[3 * x + channel] = toByte(Taps.HALF + pad[channel] * sum) & 0xff;
            }
        }
        return row;
    }

    /** The vertical pass. */
    private static byte[] shorten(byte[] source, int[] paddingRow, Taps rows) {
        int stride = paddingRow.length;
        int height = rows.first().length;
        byte[] target = new byte[stride * height];
        Bands.process(
                stride * rows.stride(), height, (from, end) -> shorten(source, paddingRow, rows, target, from, end));
        return target;
    }

    private static void shorten(byte[] source, int[] paddingRow, Taps rows, byte[] target, int from, int end) {
        int stride = paddingRow.length;
        int[] sums = new int[stride];
        for (int y = from; y < end; y++) {
            Arrays.fill(sums, Taps.HALF);
            if (rows.padding()[y] != 0) {
                for (int i = 0; i < stride; i++) {
                    sums[i] += rows.padding()[y] * paddingRow[i];
                }
            }
            for (int tap = 0; tap < rows.count()[y]; tap++) {
                addWeighted(source, (rows.first()[y] + tap) * stride, rows.weights()[y * rows.stride() + tap], sums);
            }
            for (int i = 0; i < stride; i++) {
                target[y * stride + i] = toByte(sums[i]);
            }
        }
    }

    private static void addWeighted(byte[] source, int from, int weight, int[] sums) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += weight * (source[from + i] & 0xff);
        }
    }

    /** Rounds a weighted sum to 8 bits. */
    static byte toByte(int sum) {
        return (byte) Math.max(0, Math.min(255, sum >> Taps.PRECISION_BITS));
    }
}
