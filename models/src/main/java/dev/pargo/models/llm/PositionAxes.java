package dev.pargo.models.llm;

import java.util.Collections;
import java.util.List;

/**
 * On which axes tokens stand (M-RoPE): a text token's position is the same on all, a visual token's is its frame, row and column.
 *
 * @param sections    pairs of a head that turn with each axis; empty where there is one axis
 * @param interleaved whether the axes take turns (Qwen3-VL); otherwise their pairs stand one axis behind the other
 */
public record PositionAxes(List<Integer> sections, boolean interleaved) {

    /** Positions are plain numbers. */
    public static final PositionAxes ONE = new PositionAxes(List.of(), false);

    private static final int AXES = 3;

    public PositionAxes {
        sections = List.copyOf(sections);
        if (!sections.isEmpty() && (sections.size() != AXES || Collections.min(sections) < 0)) {
            throw new IllegalArgumentException("mrope_section %s is not of time, rows and columns".formatted(sections));
        }
    }

    /** Numbers of one position. */
    int count() {
        return sections.isEmpty() ? 1 : AXES;
    }

    /**
     * The axis of each pair; none where there is one axis.
     *
     * @throws IllegalArgumentException if the sections are not of so many pairs
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
