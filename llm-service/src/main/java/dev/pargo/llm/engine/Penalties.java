package dev.pargo.llm.engine;

import java.util.Map;

/**
 * What makes tokens less or more likely than the model finds them.
 *
 * @param repetition divides a positive logit of every token that prompt or answer has, multiplies a negative one; 1: none
 * @param presence   taken off the logit of every token that the answer has
 * @param frequency  taken off for each time that the answer has it
 * @param bias       added to logits, by token id
 */
public record Penalties(double repetition, double presence, double frequency, Map<Integer, Float> bias) {

    public static final Penalties NONE = new Penalties(1, 0, 0, Map.of());

    boolean isNone() {
        return equals(NONE);
    }
}
