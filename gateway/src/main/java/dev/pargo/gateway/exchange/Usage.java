package dev.pargo.gateway.exchange;

import dev.pargo.gateway.inference.Generation;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * What a request has used, in OpenAI's form.
 *
 * @param promptTokens all tokens of the prompt, visual ones among them
 * @param visualTokens an extension: tokens that stand for images
 */
@JsonNaming(SnakeCaseStrategy.class)
public record Usage(
        int promptTokens, int completionTokens, int totalTokens, Details promptTokensDetails, int visualTokens) {

    /**
     * What of the prompt need not be computed.
     *
     * @param cachedTokens tokens that the LLM knew from an earlier request
     * @param cachedImages an extension: images whose visual tokens were known, or made by another request
     */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Details(int cachedTokens, int cachedImages) {}

    static final Usage NONE = new Usage(0, 0, 0, new Details(0, 0), 0);

    /** With one more prompt and its answers. */
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
