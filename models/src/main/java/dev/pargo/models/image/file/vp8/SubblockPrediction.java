package dev.pargo.models.image.file.vp8;

import java.util.Arrays;

/** Prediction of 4 x 4 blocks of luma from the pixels around them (RFC 6386, section 12.3). Not thread-safe. */
final class SubblockPrediction {

    static final int DC = 0;
    static final int TRUE_MOTION = 1;
    static final int VERTICAL = 2;
    static final int HORIZONTAL = 3;
    static final int RIGHT_DOWN = 4;
    static final int VERTICAL_RIGHT = 5;
    static final int LEFT_DOWN = 6;
    static final int VERTICAL_LEFT = 7;
    static final int HORIZONTAL_DOWN = 8;
    static final int HORIZONTAL_UP = 9;

    private static final int CORNER = 4;

    /** [13]: the pixels around the block: on the left from bottom to top, the corner, then above from left to right. */
    private final int[] edge = new int[13];

    private byte[] samples = {};
    private int stride;
    private int at;

    /**
     * Predicts a block.
     *
     * @param at         position of the block
     * @param aboveRight position of the four pixels above it to the right; for some blocks these are pixels of the row
     *                   above the macroblock
     */
    void predict(Plane plane, int mode, int at, int aboveRight) {
        this.samples = plane.samples();
        this.stride = plane.stride();
        this.at = at;
        for (int i = 0; i < 4; i++) {
            edge[i] = samples[at + (3 - i) * stride - 1] & 0xff;
            edge[CORNER + 1 + i] = samples[at - stride + i] & 0xff;
            edge[CORNER + 5 + i] = samples[aboveRight + i] & 0xff;
        }
        edge[CORNER] = samples[at - stride - 1] & 0xff;
        switch (mode) {
            case DC -> mean();
            case TRUE_MOTION -> BlockPrediction.trueMotion(plane, at, 4);
            case VERTICAL -> vertical();
            case HORIZONTAL -> horizontal();
            case RIGHT_DOWN -> rightDown();
            case VERTICAL_RIGHT -> verticalRight();
            case LEFT_DOWN -> leftDown();
            case VERTICAL_LEFT -> verticalLeft();
            case HORIZONTAL_DOWN -> horizontalDown();
            default -> horizontalUp();
        }
    }

    private void mean() {
        int sum = 4;
        for (int i = 0; i < 4; i++) {
            sum += edge[i] + edge[CORNER + 1 + i];
        }
        for (int y = 0; y < 4; y++) {
            Arrays.fill(samples, at + y * stride, at + y * stride + 4, (byte) (sum >> 3));
        }
    }

    private void vertical() {
        for (int x = 0; x < 4; x++) {
            int value = smooth(CORNER + 1 + x);
            for (int y = 0; y < 4; y++) {
                put(x, y, value);
            }
        }
    }

    private void horizontal() {
        for (int y = 0; y < 4; y++) {
            int value = y < 3 ? smooth(3 - y) : smooth(edge[1], edge[0], edge[0]);
            Arrays.fill(samples, at + y * stride, at + y * stride + 4, (byte) value);
        }
    }

    private void rightDown() {
        for (int y = 0; y < 4; y++) {
            for (int x = 0; x < 4; x++) {
                put(x, y, smooth(CORNER + x - y));
            }
        }
    }

    private void leftDown() {
        for (int y = 0; y < 4; y++) {
            for (int x = 0; x < 4; x++) {
                int middle = CORNER + 2 + x + y;
                put(x, y, x + y < 6 ? smooth(middle) : smooth(edge[11], edge[12], edge[12]));
            }
        }
    }

    private void verticalRight() {
        for (int x = 0; x < 4; x++) {
            put(x, 0, mean(CORNER + x));
            put(x, 1, smooth(CORNER + x));
        }
        put(0, 2, smooth(CORNER - 1));
        put(0, 3, smooth(CORNER - 2));
        for (int x = 1; x < 4; x++) {
            put(x, 2, mean(CORNER + x - 1));
            put(x, 3, smooth(CORNER + x - 1));
        }
    }

    private void verticalLeft() {
        for (int x = 0; x < 4; x++) {
            put(x, 0, mean(CORNER + 1 + x));
            put(x, 1, smooth(CORNER + 2 + x));
        }
        for (int x = 0; x < 3; x++) {
            put(x, 2, mean(CORNER + 2 + x));
            put(x, 3, smooth(CORNER + 3 + x));
        }
        put(3, 2, smooth(CORNER + 6));
        put(3, 3, smooth(CORNER + 7));
    }

    private void horizontalDown() {
        for (int y = 0; y < 4; y++) {
            put(0, y, mean(CORNER - 1 - y));
            put(1, y, smooth(CORNER - y));
        }
        put(2, 0, smooth(CORNER + 1));
        put(3, 0, smooth(CORNER + 2));
        for (int y = 1; y < 4; y++) {
            put(2, y, mean(CORNER - y));
            put(3, y, smooth(CORNER + 1 - y));
        }
    }

    private void horizontalUp() {
        put(0, 0, mean(2));
        put(1, 0, smooth(2));
        put(2, 0, mean(1));
        put(3, 0, smooth(1));
        put(0, 1, mean(1));
        put(1, 1, smooth(1));
        put(2, 1, mean(0));
        put(3, 1, smooth(edge[1], edge[0], edge[0]));
        put(0, 2, mean(0));
        put(1, 2, smooth(edge[1], edge[0], edge[0]));
        put(2, 2, edge[0]);
        put(3, 2, edge[0]);
        for (int x = 0; x < 4; x++) {
            put(x, 3, edge[0]);
        }
    }

    private void put(int x, int y, int value) {
        samples[at + y * stride + x] = (byte) value;
    }

    /** Mean of two neighbours along the edge. */
    private int mean(int i) {
        return edge[i] + edge[i + 1] + 1 >> 1;
    }

    /** Weighted mean of an edge pixel and its neighbours. */
    private int smooth(int i) {
        return smooth(edge[i - 1], edge[i], edge[i + 1]);
    }

    private static int smooth(int before, int middle, int after) {
        return before + 2 * middle + after + 2 >> 2;
    }
}
