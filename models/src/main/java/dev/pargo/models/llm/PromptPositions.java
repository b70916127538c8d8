package dev.pargo.models.llm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where the rows of a prompt stand, apart from their addresses in the cache, and which of them see each other both ways.
 *
 * @param axes  [axes, rows]
 * @param spans first row and row behind the last of each run that sees both ways
 * @param shift what is added to the address of a row behind the prompt to get its position
 */
record PromptPositions(long[][] axes, List<int[]> spans, int shift) {

    static PromptPositions of(List<PromptPart> parts, DecoderConfig config) {
        int rows = parts.stream().mapToInt(PromptPart::length).sum();
        long[][] axes = new long[config.axes().count()][rows];
        List<int[]> spans = new ArrayList<>();
        int row = 0;
        long next = 0;
        for (PromptPart part : parts) {
            int length = part.length();
            if (axes.length > 1 && part instanceof PromptPart.Visual visual) {
                next = standOnGrid(axes, row, next, visual);
            } else {
                for (long[] axis : axes) {
                    for (int i = 0; i < length; i++) {
                        axis[row + i] = next + i;
                    }
                }
                next += length;
            }
            if (config.style().picturesSeeBack() && part instanceof PromptPart.Visual) {
                spans.add(new int[] {row, row + length});
            }
            row += length;
        }
        return new PromptPositions(axes, spans, Math.toIntExact(next - rows));
    }

    /**
     * Gives a run the positions of its grid.
     *
     * @return the position behind it: the largest one + 1
     */
    private static long standOnGrid(long[][] axes, int row, long next, PromptPart.Visual visual) {
        int columns = visual.grid().columns();
        int plane = visual.grid().rows() * columns;
        for (int i = 0; i < visual.length(); i++) {
            axes[0][row + i] = next + i / plane;
            axes[1][row + i] = next + i % plane / columns;
            axes[2][row + i] = next + i % columns;
        }
        return next + Math.max(visual.grid().frames(), Math.max(visual.grid().rows(), columns));
    }

    /** The positions of some rows, [axes, to - from]. */
    long[][] rows(int from, int to) {
        return Arrays.stream(axes)
                .map(axis -> Arrays.copyOfRange(axis, from, to))
                .toArray(long[][]::new);
    }

    /**
     * The end of a chunk of the prompt: no run that sees both ways is divided.
     *
     * @param from first row of the chunk
     * @param to   wanted end
     */
    int chunkEnd(int from, int to) {
        for (int[] span : spans) {
            if (span[0] < to && to < span[1]) {
                return span[0] > from ? span[0] : span[1];
            }
        }
        return to;
    }
}
