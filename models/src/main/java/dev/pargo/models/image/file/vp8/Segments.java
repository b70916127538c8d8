package dev.pargo.models.image.file.vp8;

/**
 * How the macroblocks of a frame are divided into segments, each with its quantizer and filter (RFC 6386, section 9.3).
 *
 * @param used          whether there is more than one segment
 * @param mapped        whether each macroblock names its segment
 * @param absolute      whether the levels replace those of the frame; otherwise they are added to them
 * @param quantizers    [4] levels
 * @param filters       [4] levels
 * @param probabilities [3] of the bits that name a segment
 */
record Segments(boolean used, boolean mapped, boolean absolute, int[] quantizers, int[] filters, int[] probabilities) {

    static final int COUNT = 4;

    static Segments read(BoolDecoder header) {
        boolean used = header.flag();
        boolean mapped = used && header.flag();
        boolean absolute = true;
        int[] quantizers = new int[COUNT];
        int[] filters = new int[COUNT];
        if (used && header.flag()) {
            absolute = header.flag();
            for (int i = 0; i < COUNT; i++) {
                quantizers[i] = header.optionalSigned(7);
            }
            for (int i = 0; i < COUNT; i++) {
                filters[i] = header.optionalSigned(6);
            }
        }
        int[] probabilities = {255, 255, 255};
        if (mapped) {
            for (int i = 0; i < probabilities.length; i++) {
                probabilities[i] = header.flag() ? header.number(8) : 255;
            }
        }
        return new Segments(used, mapped, absolute, quantizers, filters, probabilities);
    }

    int quantizer(int segment, int frameLevel) {
        return level(quantizers[segment], frameLevel);
    }

    int filter(int segment, int frameLevel) {
        return level(filters[segment], frameLevel);
    }

    private int level(int own, int frameLevel) {
        if (!used) {
            return frameLevel;
        }
        return absolute ? own : frameLevel + own;
    }

    /** Reads the segment of a macroblock. */
    int readSegment(BoolDecoder modes) {
        if (!mapped) {
            return 0;
        }
        return modes.bit(probabilities[0]) == 0 ? modes.bit(probabilities[1]) : 2 + modes.bit(probabilities[2]);
    }
}
