package dev.pargo.gateway.pipeline;

import dev.pargo.proto.RequestBounds;
import org.jspecify.annotations.Nullable;

/**
 * Decoding parameters for requests of a pipeline that do not set them. A parameter that is null here keeps the default
 * of the model or of the API.
 *
 * @param maxTokens         Most tokens to write.
 * @param temperature       0 is greedy; at most 2.
 * @param topP              Share of the probability to sample from, above 0 and at most 1.
 * @param topK              Number of tokens to sample from, 0 for all.
 * @param minP              Least probability of a token, relative to that of the most probable one, between 0 and 1.
 * @param repetitionPenalty Divides the logits of tokens that have occurred, above 0 and at most 10.
 */
public record DecodingDefaults(
        @Nullable Integer maxTokens,
        @Nullable Double temperature,
        @Nullable Double topP,
        @Nullable Integer topK,
        @Nullable Double minP,
        @Nullable Double repetitionPenalty) {

    /** No defaults. */
    public static final DecodingDefaults NONE = new DecodingDefaults(null, null, null, null, null, null);

    /** @throws IllegalArgumentException naming the property and its range */
    public DecodingDefaults {
        require(maxTokens == null || maxTokens >= 1, "max-tokens must be at least 1");
        require(
                temperature == null || temperature >= 0 && temperature <= RequestBounds.TEMPERATURE,
                "temperature must be between 0 and " + RequestBounds.TEMPERATURE);
        require(topP == null || topP > 0 && topP <= 1, "top-p must be above 0 and at most 1");
        require(topK == null || topK >= 0, "top-k must not be negative");
        require(minP == null || minP >= 0 && minP <= 1, "min-p must be between 0 and 1");
        require(
                repetitionPenalty == null
                        || repetitionPenalty > 0 && repetitionPenalty <= RequestBounds.REPETITION_PENALTY,
                "repetition-penalty must be above 0 and at most " + RequestBounds.REPETITION_PENALTY);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
