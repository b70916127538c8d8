package dev.pargo.models.vision;

import dev.pargo.models.config.JsonConfig;
import java.util.List;

/**
 * The hidden states of a plain vision transformer that a model uses as features.
 *
 * @param states     hidden states whose vectors are concatenated: 0 is the first block's input, N the output of block N. The last
 *                   one is taken before the norm that follows the blocks
 * @param dropsFirst whether the first vector is left out; it is CLS if the tower has one
 */
public record FeatureSelection(List<Integer> states, boolean dropsFirst) {

    public FeatureSelection {
        states = List.copyOf(states);
        if (states.isEmpty()) {
            throw new IllegalArgumentException("no feature layer");
        }
    }

    /** A single hidden state, without CLS. */
    static FeatureSelection patches(int state) {
        return new FeatureSelection(List.of(state), true);
    }

    /**
     * Resolves published feature layers.
     *
     * @param section the section that describes the tower, for error messages
     * @param blocks  number of blocks of the tower
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

    /** Number of blocks that have to be run. */
    int blocks() {
        return states.stream().mapToInt(state -> state).max().orElseThrow();
    }

    long[] stateArray() {
        return states.stream().mapToLong(state -> state).toArray();
    }
}
