package dev.pargo.models.image;

/**
 * An uncompressed alpha plane of a WebP file, which the WebP reader takes for opaque. Encoders store one where
 * compression does not pay.
 */
final class WebpAlpha {

    private static final int COMPRESSION_MASK = 3;
    private static final int HORIZONTAL = 1;
    private static final int VERTICAL = 2;
    private static final int GRADIENT = 3;

    private WebpAlpha() {}

    /** @param header the first byte of the {@code ALPH} chunk */
    static boolean isUncompressed(int header) {
        return (header & COMPRESSION_MASK) == 0;
    }

    /**
     * Undoes the prediction filter.
     *
     * @param header   the first byte of the {@code ALPH} chunk
     * @param filtered [height, width], becomes the alpha plane
     */
    static void unfilter(int header, byte[] filtered, int width) {
        int filter = header >> 2 & 3;
        for (int i = 1; i < filtered.length; i++) {
            filtered[i] += (byte) prediction(filter, filtered, i, width);
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
