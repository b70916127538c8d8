package dev.pargo.models.image.file.vp8;

import java.util.Arrays;

/**
 * One channel of a frame in whole macroblocks, with a row above, a column on the left and four columns on the right,
 * which prediction reads outside the picture (RFC 6386, section 12.2).
 *
 * @param stride  distance between rows
 * @param samples [1 + height, stride], one byte 0..255 for each value
 */
record Plane(int stride, byte[] samples) {

    /** Number of columns on the right. */
    static final int MARGIN = 4;

    private static final byte ABOVE = 127;
    private static final byte LEFT = (byte) 129;

    static Plane allocate(int width, int height) {
        int stride = 1 + width + MARGIN;
        byte[] samples = new byte[Math.multiplyExact(stride, height + 1)];
        Arrays.fill(samples, 0, stride, ABOVE);
        for (int at = stride; at < samples.length; at += stride) {
            samples[at] = LEFT;
        }
        return new Plane(stride, samples);
    }

    /** Position of a value in {@link #samples}. */
    int at(int x, int y) {
        return (y + 1) * stride + x + 1;
    }
}
