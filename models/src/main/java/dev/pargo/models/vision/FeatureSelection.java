package dev.pargo.models.vision;

import dev.pargo.models.config.JsonConfig;
import java.util.List;

/**
 * What a model takes of a plain vision transformer.
 *
 * @param states     hidden states whose vectors stand side by side: 0 is the first block's input, N the output of block N; the last
 *                   one is taken before the norm behind the blocks
 * @param dropsFirst whether the first vector, which is CLS where there is one, is left out
 */
public record FeatureSelection(List<Integer> states, boolean dropsFirst) {

    public FeatureSelection {
        states = List.copyOf(states);
        if (states.isEmpty()) {
            throw new IllegalArgumentException("no feature layer");
        }
    }

    /** One hidden state without CLS. */
    static FeatureSelection patches(int state) {
        return new FeatureSelection(List.of(state), true);
    }

    /**
     * Resolves feature layers as published.
     *
     * @param section describes the tower, for messages
     * @param blocks  that the tower has
     * @param layers  hidden states, counted from the end if negative
     */
    static FeatureSelection of(JsonConfig section, int blocks, List<Integer> layers, boolean dropsFirst) {
        List<Integer> states = layers.stream()
                .map(layer -> {
                    int state = layer < 0 ? blocks + 1 + layer : layer;
                    if (state < 0 || state > blocks) {
                        throw section.problem(
                                "feature layer %d is none of the %d hidden states".formatted(layer, blocks + 1));
                    }
                    return state;
                })
                .toList();
        return section.make(() -> new FeatureSelection(states, dropsFirst));
    }

    /** Blocks that have to be run. */
    int blocks() {
        return states.stream().mapToInt(state -> state).max().orElseThrow();
    }

    long[] stateArray() {
        return states.stream().mapToLong(state -> state).toArray();
    }
}
