package dev.pargo.models.image.file.vp8;

/**
 * The loop filter's settings of a frame (RFC 6386, sections 9.6 and 15).
 *
 * @param simple       whether the simple filter is used, which filters luma only
 * @param level        0 (no filter) to 63
 * @param sharpness    0 to 7
 * @param frameDelta   added to the level of every macroblock of a key frame
 * @param subblockDelta added to the level of macroblocks that are predicted by 4 x 4 blocks
 */
record FilterLevels(boolean simple, int level, int sharpness, int frameDelta, int subblockDelta) {

    private static final int DELTAS = 8;
    private static final int FRAME_DELTA = 0;
    private static final int SUBBLOCK_DELTA = 4;
    private static final int MAX_LEVEL = 63;

    /**
     * How strongly the edges of a macroblock are filtered.
     *
     * @param limit     largest step over an edge that is still smoothed; 0 for none
     * @param interior  largest step between the pixels beside an edge
     * @param threshold smallest step beside an edge that counts as high variance
     */
    record Strength(int limit, int interior, int threshold) {

        static final Strength NONE = new Strength(0, 0, 0);
    }

    static FilterLevels read(BoolDecoder header) {
        boolean simple = header.flag();
        int level = header.number(6);
        int sharpness = header.number(3);
        int[] deltas = new int[DELTAS];
        if (header.flag() && header.flag()) {
            for (int i = 0; i < DELTAS; i++) {
                deltas[i] = header.optionalSigned(6);
            }
        }
        return new FilterLevels(simple, level, sharpness, deltas[FRAME_DELTA], deltas[SUBBLOCK_DELTA]);
    }

    /**
     * The strength for a kind of macroblock.
     *
     * @param base      its segment's level
     * @param subblocks whether it is predicted by 4 x 4 blocks
     */
    Strength strength(int base, boolean subblocks) {
        int own = Math.max(0, Math.min(MAX_LEVEL, base + frameDelta + (subblocks ? subblockDelta : 0)));
        if (level == 0 || own == 0) {
            return Strength.NONE;
        }
        int interior = own;
        if (sharpness > 0) {
            interior = Math.min(own >> (sharpness > 4 ? 2 : 1), 9 - sharpness);
        }
        interior = Math.max(1, interior);
        int threshold = own >= 40 ? 2 : own >= 15 ? 1 : 0;
        return new Strength(2 * own + interior, interior, threshold);
    }
}
