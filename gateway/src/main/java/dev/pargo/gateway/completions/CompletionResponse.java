package dev.pargo.gateway.completions;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.pargo.gateway.exchange.TimingsMillis;
import dev.pargo.gateway.exchange.Usage;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * A completion, or one chunk of a streamed one.
 *
 * @param created seconds since 1970
 * @param timings an extension: where the time went
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
record CompletionResponse(
        String id,
        String object,
        long created,
        String model,
        String systemFingerprint,
        List<Choice> choices,
        @Nullable Usage usage,
        @Nullable TimingsMillis timings) {

    /** Chunks have the same. */
    static final String OBJECT = "text_completion";

    /** A chunk whose usage is null and said to be. */
    @JsonNaming(SnakeCaseStrategy.class)
    record BeforeUsage(
            String id,
            String object,
            long created,
            String model,
            String systemFingerprint,
            List<Choice> choices,
            @Nullable Usage usage) {}

    /**
     * One answer to one prompt, or what a chunk adds to it.
     *
     * @param index over all prompts
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record Choice(
            int index,
            String text,
            @Nullable OldLogprobs logprobs,
            @Nullable String finishReason) {}
}
