package dev.pargo.llm.engine;

import java.util.Map;

/**
 * Changes of the logits before sampling that make tokens less or more likely.
 *
 * @param repetition divides the positive logits, and multiplies the negative ones, of tokens that prompt or answer
 * contain; 1 for none
 * @param presence   subtracted from the logit of every token that the answer contains
 * @param frequency  subtracted once for each time that the answer contains the token
 * @param bias       added to logits, by token id
 */
public record Penalties(double repetition, double presence, double frequency, Map<Integer, Float> bias) {

    public static final Penalties NONE = new Penalties(1, 0, 0, Map.of());

    boolean isNone() {
        return equals(NONE);
    }
}
