package dev.pargo.models.image.file;

import dev.pargo.models.image.ImageException;
import dev.pargo.models.image.file.vp8l.Vp8lDecoder;

/** The alpha of a lossy WebP picture. It is stored separately, either losslessly compressed or uncompressed. */
final class WebpAlpha {

    private static final int UNCOMPRESSED = 0;
    private static final int LOSSLESS = 1;

    private static final int HORIZONTAL = 1;
    private static final int VERTICAL = 2;
    private static final int GRADIENT = 3;

    private WebpAlpha() {}

    /**
     * Decodes the content of an {@code ALPH} chunk.
     *
     * @return shape [height, width], one byte 0..255 for each value
     */
    static byte[] decode(Bytes file, int at, int length, int width, int height) {
        int header = file.u8(at);
        byte[] alpha = switch (header & 3) {
            case UNCOMPRESSED -> {
                if (length - 1 < width * height) {
                    throw ImageException.incomplete();
                }
                yield file.copy(at + 1, width * height);
            }
            case LOSSLESS -> lossless(file, at + 1, length - 1, width, height);
            default -> throw ImageException.damaged();
        };
        unfilter(header >> 2 & 3, alpha, width);
        return alpha;
    }

    private static byte[] lossless(Bytes file, int at, int length, int width, int height) {
        int[] argb = Vp8lDecoder.decodeHeadless(file.array(), at, length, width, height);
        byte[] alpha = new byte[argb.length];
        for (int i = 0; i < alpha.length; i++) {
            alpha[i] = (byte) (argb[i] >> 8);
        }
        return alpha;
    }

    /** Adds to each value what was predicted from its neighbours. */
    private static void unfilter(int filter, byte[] alpha, int width) {
        for (int i = 1; i < alpha.length; i++) {
            alpha[i] += (byte) prediction(filter, alpha, i, width);
        }
    }

    private static int prediction(int filter, byte[] alpha, int i, int width) {
        boolean firstRow = i < width;
        boolean firstColumn = i % width == 0;
        return switch (filter) {
            case HORIZONTAL -> alpha[firstColumn ? i - width : i - 1];
            case VERTICAL -> alpha[firstRow ? i - 1 : i - width];
            case GRADIENT ->
                firstRow || firstColumn
                        ? alpha[firstRow ? i - 1 : i - width]
                        : clamp((alpha[i - 1] & 0xff) + (alpha[i - width] & 0xff) - (alpha[i - width - 1] & 0xff));
            default -> 0;
        };
    }

    private static int clamp(int value) {
        return Math.max(0, Math.min(255, value));
    }
}
