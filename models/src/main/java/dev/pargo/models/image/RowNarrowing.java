package dev.pargo.models.image;

/**
 * The horizontal pass of a resize, row by row. Red and blue share one 64-bit sum, so that one multiplication computes
 * both: negative products of the lower half borrow from the upper half, and the end of the sum corrects this. Not
 * thread-safe.
 */
final class RowNarrowing {

    private final Taps columns;
    private final int[] pad;

    /** Working memory: [width], red in the lower and blue in the upper half. */
    private final long[] redAndBlue;

    private final int[] green;

    /**
     * @param pad   [3] colour of the padding
     * @param width of the rows
     */
    RowNarrowing(Taps columns, int[] pad, int width) {
        this.columns = columns;
        this.pad = pad;
        this.redAndBlue = new long[width];
        this.green = new int[width];
    }

    /**
     * Resizes a row.
     *
     * @param row position of the row in the source
     * @param to  position of the resized row in the target
     */
    void narrow(byte[] source, int row, byte[] target, int to) {
        spread(source, row);
        int[] weights = columns.weights();
        for (int x = 0; x < columns.first().length; x++) {
            int padding = columns.padding()[x];
            long redBlueSum = sum(pad[0], padding) + ((long) sum(pad[2], padding) << Integer.SIZE);
            int greenSum = sum(pad[1], padding);
            int at = columns.first()[x];
            int tap = x * columns.stride();
            for (int end = tap + columns.count()[x]; tap < end; tap++, at++) {
                int weight = weights[tap];
                redBlueSum += weight * redAndBlue[at];
                greenSum += weight * green[at];
            }
            int redSum = (int) redBlueSum;
            target[to + 3 * x] = Resampler.toByte(redSum);
            target[to + 3 * x + 1] = Resampler.toByte(greenSum);
            target[to + 3 * x + 2] = Resampler.toByte((int) (redBlueSum - redSum >> Integer.SIZE));
        }
    }

    private static int sum(int padColor, int padding) {
        return Taps.HALF + padColor * padding;
    }

    private void spread(byte[] source, int row) {
        for (int x = 0, at = row; x < green.length; x++, at += 3) {
            redAndBlue[x] = source[at] & 0xff | (source[at + 2] & 0xffL) << Integer.SIZE;
            green[x] = source[at + 1] & 0xff;
        }
    }
}
