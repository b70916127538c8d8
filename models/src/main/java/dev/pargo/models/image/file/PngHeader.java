package dev.pargo.models.image.file;

import dev.pargo.models.image.ImageException;
import java.util.List;

/**
 * The header chunk of a PNG file.
 *
 * @param bitDepth  1, 2, 4, 8 or 16 bits a sample
 * @param colorType 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGBA
 */
record PngHeader(int width, int height, int bitDepth, int colorType, boolean interlaced) {

    static final int GREY = 0;
    static final int RGB = 2;
    static final int PALETTE = 3;
    static final int GREY_ALPHA = 4;
    static final int RGBA = 6;

    private static final List<Pass> WHOLE = List.of(new Pass(0, 0, 1, 1));
    private static final List<Pass> ADAM_7 = List.of(
            new Pass(0, 0, 8, 8),
            new Pass(4, 0, 8, 8),
            new Pass(0, 4, 4, 8),
            new Pass(2, 0, 4, 4),
            new Pass(0, 2, 2, 4),
            new Pass(1, 0, 2, 2),
            new Pass(0, 1, 1, 2));

    /** The pixels of one pass over the picture. */
    record Pass(int left, int top, int stepX, int stepY) {

        int columns(int width) {
            return (width - left + stepX - 1) / stepX;
        }

        int rows(int height) {
            return (height - top + stepY - 1) / stepY;
        }
    }

    static PngHeader read(Bytes file, int at) {
        PngHeader header = new PngHeader(
                file.i32be(at), file.i32be(at + 4), file.u8(at + 8), file.u8(at + 9), file.u8(at + 12) == 1);
        if (!header.hasValidSamples() || file.u8(at + 12) > 1) {
            throw ImageException.damaged();
        }
        if (file.u8(at + 10) != 0 || file.u8(at + 11) != 0) {
            throw ImageException.unsupported("PNG images with another compression or filter method than 0");
        }
        return header;
    }

    private boolean hasValidSamples() {
        boolean wide = bitDepth == 8 || bitDepth == 16;
        boolean narrow = bitDepth == 1 || bitDepth == 2 || bitDepth == 4;
        return switch (colorType) {
            case GREY -> narrow || wide;
            case PALETTE -> narrow || bitDepth == 8;
            case RGB, GREY_ALPHA, RGBA -> wide;
            default -> false;
        };
    }

    List<Pass> passes() {
        return interlaced ? ADAM_7 : WHOLE;
    }

    /** Number of samples of a pixel. */
    int channels() {
        return switch (colorType) {
            case RGB -> 3;
            case GREY_ALPHA -> 2;
            case RGBA -> 4;
            default -> 1;
        };
    }

    /** Bytes of a pixel, at least 1. */
    int bytesPerPixel() {
        return Math.max(1, channels() * bitDepth / 8);
    }

    /** Bytes of a number of pixels of a row. */
    int bytes(int columns) {
        return Math.toIntExact(((long) columns * channels() * bitDepth + 7) / 8);
    }

    /** Bytes of all rows, each with its filter's number. */
    long bytes() {
        long bytes = 0;
        for (Pass pass : passes()) {
            int columns = pass.columns(width);
            bytes += columns == 0 ? 0 : (long) pass.rows(height) * (1 + bytes(columns));
        }
        return bytes;
    }
}
