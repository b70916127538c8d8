package dev.pargo.models.llm;

import java.util.Collections;
import java.util.List;

/**
 * The axes of token positions (M-RoPE). A text token has the same position on all axes; a visual token has its frame,
 * row and column.
 *
 * @param sections    number of rotated pairs of a head for each axis; empty if there is one axis
 * @param interleaved whether consecutive pairs alternate between the axes (Qwen3-VL); otherwise the pairs of each axis
 *                    are contiguous
 */
public record PositionAxes(List<Integer> sections, boolean interleaved) {

    /** One axis: positions are plain numbers. */
    public static final PositionAxes ONE = new PositionAxes(List.of(), false);

    private static final int AXES = 3;

    public PositionAxes {
        sections = List.copyOf(sections);
        if (!sections.isEmpty() && (sections.size() != AXES || Collections.min(sections) < 0)) {
            throw new IllegalArgumentException("mrope_section %s is not of time, rows and columns".formatted(sections));
        }
    }

    /** Number of axes. */
    int count() {
        return sections.isEmpty() ? 1 : AXES;
    }

    /**
     * The axis of each rotated pair; empty if there is one axis.
     *
     * @throws IllegalArgumentException if the sections do not add up to this number of pairs
     */
    long[] ofPairs(int pairs) {
        if (sections.isEmpty()) {
            return new long[0];
        }
        if (sections.stream().mapToInt(section -> section).sum() != pairs) {
            throw new IllegalArgumentException("mrope_section %s is not of %d pairs".formatted(sections, pairs));
        }
        long[] axes = new long[pairs];
        if (interleaved) {
            for (int axis = 1; axis < AXES; axis++) {
                for (int pair = axis; pair < Math.min(pairs, AXES * sections.get(axis)); pair += AXES) {
                    axes[pair] = axis;
                }
            }
            return axes;
        }
        int pair = 0;
        for (int axis = 0; axis < AXES; axis++) {
            for (int i = 0; i < sections.get(axis); i++) {
                axes[pair++] = axis;
            }
        }
        return axes;
    }
}
