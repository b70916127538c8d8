package dev.pargo.gateway.decoding;

import dev.pargo.proto.v1.AnswerFormat;
import org.jspecify.annotations.Nullable;

/**
 * The settings of an answer that each route reads from its own fields.
 *
 * @param maxTokens   largest number of tokens, {@link #REST_OF_CONTEXT} for the rest of the context; null for the
 *                    model's default
 * @param topLogprobs alternatives to report with each token's log probability; null for no log probabilities
 * @param visualAttention whether to report how much each token attends to the visual tokens
 * @param formatField the route's own field for the answer's format
 * @param format      the format; null for any text
 */
public record AnswerShape(
        @Nullable Integer maxTokens,
        @Nullable Integer topLogprobs,
        boolean visualAttention,
        String formatField,
        @Nullable AnswerFormat format) {

    /** The LLM service knows the end of the context. */
    public static final int REST_OF_CONTEXT = Integer.MAX_VALUE;
}
