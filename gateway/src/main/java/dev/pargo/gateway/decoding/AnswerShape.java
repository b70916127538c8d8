package dev.pargo.gateway.decoding;

import dev.pargo.proto.v1.AnswerFormat;
import org.jspecify.annotations.Nullable;

/**
 * What the routes ask for in fields of their own.
 *
 * @param maxTokens   most tokens to write, {@link #REST_OF_CONTEXT} for as many as there is room for; null for the
 *                    model's default
 * @param topLogprobs alternatives to tell with each token's log probability; null for no log probabilities
 * @param visualAttention whether to tell how much each token attends to the visual tokens
 * @param formatField the route's own field for the answer's format
 * @param format      what it says; null for any text
 */
public record AnswerShape(
        @Nullable Integer maxTokens,
        @Nullable Integer topLogprobs,
        boolean visualAttention,
        String formatField,
        @Nullable AnswerFormat format) {

    /** The stage knows where the context ends. */
    public static final int REST_OF_CONTEXT = Integer.MAX_VALUE;
}
