package dev.pargo.models.llm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The positions of a prompt's rows, which may differ from their addresses in the KV cache, and the runs of rows that
 * attend to each other in both directions.
 *
 * @param axes  positions, [axes, rows]
 * @param spans first row and row after the last of each run that attends in both directions
 * @param shift offset from the cache address of a row after the prompt to its position
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
     * Gives the visual tokens of a run the positions of their grid.
     *
     * @return the position after the run: its largest position + 1
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
     * The end of a prefill chunk. No run that attends in both directions is divided.
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

    /** The beginning of a prefill chunk, at or before a row. No run that attends in both directions is divided. */
    int chunkBegin(int from) {
        for (int[] span : spans) {
            if (span[0] < from && from < span[1]) {
                return span[0];
            }
        }
        return from;
    }
}
