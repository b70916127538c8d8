package dev.pargo.models.image.file;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Pixels whose memory is allocated as their rows arrive, so that a header with a large size takes no memory by itself.
 * Not thread-safe.
 */
final class PixelRows {

    private static final int FIRST_PIXELS = 1 << 18;

    private final int width;
    private final int height;
    private int rows;
    private byte[] rgb = {};
    private byte @Nullable [] alpha;

    PixelRows(int width, int height, boolean transparent) {
        this.width = width;
        this.height = height;
        this.alpha = transparent ? new byte[0] : null;
    }

    /** Allocates the rows before {@code end}. */
    void reserve(int end) {
        if (end > rows) {
            long wanted = Math.max(end, Math.max(2L * rows, FIRST_PIXELS / width));
            resize((int) Math.min(height, wanted));
        }
    }

    private void resize(int newRows) {
        rows = newRows;
        rgb = Arrays.copyOf(rgb, 3 * width * rows);
        if (alpha != null) {
            alpha = Arrays.copyOf(alpha, width * rows);
        }
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    /** Shape [reserved rows, width, 3]; replaced when more rows are reserved. */
    byte[] rgb() {
        return rgb;
    }

    /** Shape [reserved rows, width]; replaced when more rows are reserved. Null if everything is opaque. */
    byte @Nullable [] alpha() {
        return alpha;
    }

    /** Sets a pixel of a reserved row: alpha, red, green and blue from the highest byte on. */
    void put(int pixel, int argb) {
        rgb[3 * pixel] = (byte) (argb >> 16);
        rgb[3 * pixel + 1] = (byte) (argb >> 8);
        rgb[3 * pixel + 2] = (byte) argb;
        if (alpha != null) {
            alpha[pixel] = (byte) (argb >>> 24);
        }
    }

    /** All rows; unwritten rows are transparent black. */
    Pixels finish() {
        if (rows < height) {
            resize(height);
        }
        return new Pixels(width, height, rgb, alpha);
    }
}
