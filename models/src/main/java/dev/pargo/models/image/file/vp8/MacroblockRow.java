package dev.pargo.models.image.file.vp8;

/**
 * The macroblocks of one row as the first partition describes them (RFC 6386, section 11): segments, skipped
 * coefficients, prediction modes. It is read again for each row; the modes of a row are the context of the next row.
 */
final class MacroblockRow {

    static final int DC = 0;
    static final int TRUE_MOTION = 1;
    static final int VERTICAL = 2;
    static final int HORIZONTAL = 3;

    private static final int NODES = 9;
    private static final int MODES = 10;

    private final FrameHeader header;
    private final byte[] above;

    /** [macroblock] 0 to 3. */
    final byte[] segment;

    /** [macroblock] whether it has no coefficients. */
    final boolean[] skipped;

    /** [macroblock] whether luma is predicted by 4 x 4 blocks. */
    final boolean[] subblocks;

    /** [macroblock, 16] modes of the 4 x 4 blocks; the first one if the macroblock is predicted as a whole. */
    final byte[] lumaModes;

    /** [macroblock] */
    final byte[] chromaMode;

    MacroblockRow(FrameHeader header, int width) {
        this.header = header;
        this.above = new byte[4 * width];
        this.segment = new byte[width];
        this.skipped = new boolean[width];
        this.subblocks = new boolean[width];
        this.lumaModes = new byte[16 * width];
        this.chromaMode = new byte[width];
    }

    /** Reads the next row. */
    void read() {
        BoolDecoder in = header.modes();
        byte[] left = new byte[4];
        for (int x = 0; x < segment.length; x++) {
            segment[x] = (byte) header.segments().readSegment(in);
            skipped[x] = header.skipProbability() != FrameHeader.NO_SKIPPING && in.bit(header.skipProbability()) == 1;
            subblocks[x] = in.bit(145) == 0;
            if (subblocks[x]) {
                readSubblocks(in, x, left);
            } else {
                readWhole(in, x, left);
            }
            chromaMode[x] = (byte)
                    (in.bit(142) == 0 ? DC : in.bit(114) == 0 ? VERTICAL : in.bit(183) == 0 ? HORIZONTAL : TRUE_MOTION);
        }
    }

    private void readWhole(BoolDecoder in, int x, byte[] left) {
        int mode = in.bit(156) == 1 ? in.bit(128) == 1 ? TRUE_MOTION : HORIZONTAL : in.bit(163) == 1 ? VERTICAL : DC;
        lumaModes[16 * x] = (byte) mode;
        for (int i = 0; i < 4; i++) {
            above[4 * x + i] = (byte) mode;
            left[i] = (byte) mode;
        }
    }

    private void readSubblocks(BoolDecoder in, int x, byte[] left) {
        for (int row = 0; row < 4; row++) {
            for (int column = 0; column < 4; column++) {
                int top = 4 * x + column;
                byte mode = (byte) readSubblock(in, NODES * (MODES * above[top] + left[row]));
                above[top] = mode;
                left[row] = mode;
                lumaModes[16 * x + 4 * row + column] = mode;
            }
        }
    }

    /** Walks down the tree of modes; {@code p} is where the probabilities of its nodes begin. */
    private static int readSubblock(BoolDecoder in, int p) {
        int[] probabilities = SubblockModeTable.PROBABILITIES;
        if (in.bit(probabilities[p]) == 0) {
            return SubblockPrediction.DC;
        }
        if (in.bit(probabilities[p + 1]) == 0) {
            return SubblockPrediction.TRUE_MOTION;
        }
        if (in.bit(probabilities[p + 2]) == 0) {
            return SubblockPrediction.VERTICAL;
        }
        if (in.bit(probabilities[p + 3]) == 0) {
            if (in.bit(probabilities[p + 4]) == 0) {
                return SubblockPrediction.HORIZONTAL;
            }
            return in.bit(probabilities[p + 5]) == 0
                    ? SubblockPrediction.RIGHT_DOWN
                    : SubblockPrediction.VERTICAL_RIGHT;
        }
        if (in.bit(probabilities[p + 6]) == 0) {
            return SubblockPrediction.LEFT_DOWN;
        }
        if (in.bit(probabilities[p + 7]) == 0) {
            return SubblockPrediction.VERTICAL_LEFT;
        }
        return in.bit(probabilities[p + 8]) == 0
                ? SubblockPrediction.HORIZONTAL_DOWN
                : SubblockPrediction.HORIZONTAL_UP;
    }
}
