package dev.pargo.models.image.file.vp8;

import java.util.Arrays;

/** Prediction of a whole block: 16 x 16 of luma or 8 x 8 of chroma (RFC 6386, sections 12.2 and 12.3). */
final class BlockPrediction {

    private static final int NO_NEIGHBOUR = 128;

    private BlockPrediction() {}

    /**
     * Predicts a block from its neighbours.
     *
     * @param mode one of {@link MacroblockRow}'s
     * @param x    of the macroblock, in macroblocks
     * @param y    of the macroblock, in macroblocks
     * @param size 16 or 8
     */
    static void predict(Plane plane, int mode, int x, int y, int size) {
        int at = plane.at(size * x, size * y);
        switch (mode) {
            case MacroblockRow.VERTICAL -> vertical(plane, at, size);
            case MacroblockRow.HORIZONTAL -> horizontal(plane, at, size);
            case MacroblockRow.TRUE_MOTION -> trueMotion(plane, at, size);
            default -> mean(plane, at, size, x > 0, y > 0);
        }
    }

    private static void vertical(Plane plane, int at, int size) {
        for (int row = 0, to = at; row < size; row++, to += plane.stride()) {
            System.arraycopy(plane.samples(), at - plane.stride(), plane.samples(), to, size);
        }
    }

    private static void horizontal(Plane plane, int at, int size) {
        for (int row = 0, to = at; row < size; row++, to += plane.stride()) {
            Arrays.fill(plane.samples(), to, to + size, plane.samples()[to - 1]);
        }
    }

    /** The pixels above, plus the difference between the pixel on the left and the corner. */
    static void trueMotion(Plane plane, int at, int size) {
        byte[] samples = plane.samples();
        int above = at - plane.stride();
        int corner = samples[above - 1] & 0xff;
        for (int row = 0, to = at; row < size; row++, to += plane.stride()) {
            int change = (samples[to - 1] & 0xff) - corner;
            for (int i = 0; i < size; i++) {
                samples[to + i] = Transforms.clamp((samples[above + i] & 0xff) + change);
            }
        }
    }

    private static void mean(Plane plane, int at, int size, boolean hasLeft, boolean hasAbove) {
        byte[] samples = plane.samples();
        int sum = 0;
        for (int i = 0; i < size; i++) {
            sum += hasAbove ? samples[at - plane.stride() + i] & 0xff : 0;
            sum += hasLeft ? samples[at + i * plane.stride() - 1] & 0xff : 0;
        }
        int count = (hasAbove ? size : 0) + (hasLeft ? size : 0);
        byte mean = (byte) (count == 0 ? NO_NEIGHBOUR : (sum + count / 2) / count);
        for (int row = 0, to = at; row < size; row++, to += plane.stride()) {
            Arrays.fill(samples, to, to + size, mean);
        }
    }
}
