package dev.pargo.gateway.exchange;

import dev.pargo.gateway.inference.Generation;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * The tokens of a request, in OpenAI's form.
 *
 * @param promptTokens all tokens of the prompt, including visual tokens
 * @param visualTokens an extension: tokens of images
 */
@JsonNaming(SnakeCaseStrategy.class)
public record Usage(
        int promptTokens, int completionTokens, int totalTokens, Details promptTokensDetails, int visualTokens) {

    /**
     * The part of the prompt that was cached.
     *
     * @param cachedTokens tokens that were in the LLM's KV cache
     * @param cachedImages an extension: images whose visual tokens were cached, or computed for another request at the
     *                     same time
     */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Details(int cachedTokens, int cachedImages) {}

    static final Usage NONE = new Usage(0, 0, 0, new Details(0, 0), 0);

    /** The sum of this usage and that of one more prompt with its answers. */
    Usage plus(Generation generation) {
        int prompt = generation.queued().getPromptTokens();
        int completion = generation.finished().getCompletionTokens();
        return new Usage(
                promptTokens + prompt,
                completionTokens + completion,
                totalTokens + prompt + completion,
                new Details(
                        promptTokensDetails.cachedTokens + generation.finished().getCachedTokens(),
                        promptTokensDetails.cachedImages + generation.timings().reusedImages()),
                visualTokens + generation.queued().getVisualTokens());
    }
}
