package dev.pargo.models.image.file.vp8;

import java.util.Arrays;

/**
 * Reads the coefficients of macroblocks (RFC 6386, section 13) and dequantises them. It remembers which blocks of the
 * macroblocks above and on the left had coefficients; they are the context of the next macroblock.
 */
final class Residuals {

    static final int BLOCKS = 24;

    /** Which coefficients of a block are not zero. */
    static final byte NOTHING = 0;

    static final byte FIRST_ONLY = 1;
    static final byte ALL = 2;

    private static final int LUMA_WITHOUT_DC = 0;
    private static final int LUMA_DC = 1;
    private static final int CHROMA = 2;
    private static final int LUMA = 3;

    private static final int CONTEXT = 11;
    private static final int BAND = 3 * CONTEXT;
    private static final int TYPE = 8 * BAND;

    private static final int[] BANDS = {0, 1, 2, 3, 6, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7, 0};
    private static final int[] ZIGZAG = {0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15};

    /** Probabilities of the extra bits of large values. */
    private static final int[][] EXTRA_BITS = {
        {173, 148, 140},
        {176, 155, 140, 135},
        {180, 157, 141, 134, 130},
        {254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129}
    };

    /** Number of a macroblock's blocks in a context: 4 of luma, 2 of each chroma plane, 1 of luma's DC. */
    private static final int PLACES = 9;

    private static final int DC_PLACE = 8;

    private final int[] probabilities;
    private final byte[] above;
    private final byte[] left = new byte[PLACES];
    private final short[] lumaDc = new short[16];

    /** [24 blocks, 16]: coefficients of the last macroblock: 16 blocks of luma, 4 of U, 4 of V. */
    final short[] coefficients = new short[BLOCKS * 16];

    /** [24] {@link #NOTHING}, {@link #FIRST_ONLY} or {@link #ALL}. */
    final byte[] work = new byte[BLOCKS];

    Residuals(int[] probabilities, int width) {
        this.probabilities = probabilities;
        this.above = new byte[PLACES * width];
    }

    void startRow() {
        Arrays.fill(left, (byte) 0);
    }

    /** Records a macroblock without coefficients. */
    void skip(int x, boolean subblocks) {
        int kept = subblocks ? DC_PLACE : PLACES;
        Arrays.fill(left, 0, kept, (byte) 0);
        Arrays.fill(above, PLACES * x, PLACES * x + kept, (byte) 0);
        Arrays.fill(work, NOTHING);
    }

    /**
     * Reads the coefficients of a macroblock.
     *
     * @return whether it has any
     */
    boolean read(BoolDecoder in, int x, boolean subblocks, Quantizer quantizer) {
        Arrays.fill(coefficients, (short) 0);
        int top = PLACES * x;
        if (!subblocks) {
            readLumaDc(in, top, quantizer.lumaDc());
        }
        boolean any = false;
        int first = subblocks ? 0 : 1;
        int type = subblocks ? LUMA : LUMA_WITHOUT_DC;
        for (int block = 0; block < 16; block++) {
            any |= readBlock(in, block, type, first, quantizer.luma(), top + (block & 3), block >> 2);
        }
        for (int block = 16; block < BLOCKS; block++) {
            int plane = block < 20 ? 4 : 6;
            any |= readBlock(
                    in, block, CHROMA, 0, quantizer.chroma(), top + plane + (block & 1), plane + (block >> 1 & 1));
        }
        return any;
    }

    private void readLumaDc(BoolDecoder in, int top, int[] factors) {
        Arrays.fill(lumaDc, (short) 0);
        int end = read(in, LUMA_DC, above[top + DC_PLACE] + left[DC_PLACE], factors, 0, lumaDc, 0);
        byte some = (byte) (end > 0 ? 1 : 0);
        above[top + DC_PLACE] = some;
        left[DC_PLACE] = some;
        Transforms.walshHadamard(lumaDc, coefficients);
    }

    private boolean readBlock(
            BoolDecoder in, int block, int type, int first, int[] factors, int placeAbove, int placeLeft) {
        int context = above[placeAbove] + left[placeLeft];
        int end = read(in, type, context, factors, first, coefficients, 16 * block);
        byte some = (byte) (end > first ? 1 : 0);
        above[placeAbove] = some;
        left[placeLeft] = some;
        work[block] = end > 1 ? ALL : coefficients[16 * block] != 0 ? FIRST_ONLY : NOTHING;
        return work[block] != NOTHING;
    }

    /**
     * Reads the coefficients of one block.
     *
     * @return position after the last one, in stored order
     */
    private int read(BoolDecoder in, int type, int context, int[] factors, int first, short[] out, int at) {
        int[] p = probabilities;
        int types = TYPE * type;
        int n = first;
        int node = types + BAND * BANDS[n] + CONTEXT * context;
        while (n < 16) {
            if (in.bit(p[node]) == 0) {
                return n;
            }
            while (in.bit(p[node + 1]) == 0) {
                n++;
                if (n == 16) {
                    return 16;
                }
                node = types + BAND * BANDS[n];
            }
            int next = types + BAND * BANDS[n + 1];
            int value;
            if (in.bit(p[node + 2]) == 0) {
                value = 1;
                node = next + CONTEXT;
            } else {
                value = largeValue(in, p, node);
                node = next + 2 * CONTEXT;
            }
            int signed = in.flag() ? -value : value;
            out[at + ZIGZAG[n]] = (short) (signed * factors[n > 0 ? 1 : 0]);
            n++;
        }
        return 16;
    }

    private static int largeValue(BoolDecoder in, int[] p, int node) {
        if (in.bit(p[node + 3]) == 0) {
            return in.bit(p[node + 4]) == 0 ? 2 : 3 + in.bit(p[node + 5]);
        }
        if (in.bit(p[node + 6]) == 0) {
            return in.bit(p[node + 7]) == 0 ? 5 + in.bit(159) : 7 + 2 * in.bit(165) + in.bit(145);
        }
        int high = in.bit(p[node + 8]);
        int category = 2 * high + in.bit(p[node + 9 + high]);
        int extra = 0;
        for (int probability : EXTRA_BITS[category]) {
            extra = extra << 1 | in.bit(probability);
        }
        return extra + 3 + (8 << category);
    }
}
