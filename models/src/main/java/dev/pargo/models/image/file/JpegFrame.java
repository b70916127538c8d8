package dev.pargo.models.image.file;

import dev.pargo.models.image.ImageException;

/**
 * The frame header of a JPEG file.
 *
 * @param ids      [component]
 * @param sampling [component] horizontal factor above the vertical one, four bits each
 */
record JpegFrame(int width, int height, boolean progressive, int[] ids, int[] sampling) {

    private static final int START_OF_FRAME_0 = 0xc0;
    private static final int EXTENDED = 0xc1;
    private static final int PROGRESSIVE = 0xc2;
    private static final int LOSSLESS = 0xc3;
    private static final int ARITHMETIC = 0xc9;
    private static final int ARITHMETIC_PROGRESSIVE = 0xca;
    private static final int ARITHMETIC_EXTENSION = 0xc8;
    private static final int ARITHMETIC_CONDITIONING = 0xcc;
    private static final int START_OF_FRAME_15 = 0xcf;

    private static final int MAX_FACTOR = 4;

    static boolean isStartOfFrame(int code) {
        return code >= START_OF_FRAME_0
                && code <= START_OF_FRAME_15
                && code != JpegSegments.HUFFMAN_TABLES
                && code != ARITHMETIC_EXTENSION
                && code != ARITHMETIC_CONDITIONING;
    }

    /** @param at position of the marker's code */
    static JpegFrame read(Bytes file, int at) {
        int code = file.u8(at);
        switch (code) {
            case START_OF_FRAME_0, EXTENDED, PROGRESSIVE -> {}
            case LOSSLESS -> throw ImageException.unsupported("lossless JPEG images");
            case ARITHMETIC, ARITHMETIC_PROGRESSIVE ->
                throw ImageException.unsupported("JPEG images with arithmetic coding");
            default -> throw ImageException.unsupported("hierarchical JPEG images");
        }
        if (file.u8(at + 3) != 8) {
            throw ImageException.unsupported("JPEG images of %d bits a sample".formatted(file.u8(at + 3)));
        }
        int[] ids = new int[file.u8(at + 8)];
        int[] sampling = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = file.u8(at + 9 + 3 * i);
            sampling[i] = file.u8(at + 10 + 3 * i);
            if (!isFactor(sampling[i] >> 4) || !isFactor(sampling[i] & 0xf)) {
                throw ImageException.damaged();
            }
        }
        int height = file.u16be(at + 4);
        if (height == 0) {
            throw ImageException.unsupported("JPEG images that give their height behind the first scan");
        }
        return new JpegFrame(file.u16be(at + 6), height, code == PROGRESSIVE, ids, sampling);
    }

    private static boolean isFactor(int factor) {
        return factor >= 1 && factor <= MAX_FACTOR;
    }

    /** Number of blocks of 8 x 8 samples of a component. */
    long blocks(int component) {
        int horizontal = 1;
        int vertical = 1;
        for (int factors : sampling) {
            horizontal = Math.max(horizontal, factors >> 4);
            vertical = Math.max(vertical, factors & 0xf);
        }
        long columns = ceil((long) width * (sampling[component] >> 4), 8L * horizontal);
        long rows = ceil((long) height * (sampling[component] & 0xf), 8L * vertical);
        return columns * rows;
    }

    private static long ceil(long a, long b) {
        return (a + b - 1) / b;
    }
}
