package dev.pargo.gateway.responses;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.pargo.gateway.exchange.TimingsMillis;
import dev.pargo.gateway.exchange.TokenProbability;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * A response, complete or in progress.
 *
 * @param createdAt seconds since 1970
 * @param status    in_progress, completed, or incomplete if the answer was cut
 * @param timings   an extension: where the time went
 */
@JsonNaming(SnakeCaseStrategy.class)
record ResponseObject(
        String id,
        String object,
        long createdAt,
        String status,
        boolean background,
        @Nullable Object error,
        @Nullable Incomplete incompleteDetails,
        @Nullable String instructions,
        @Nullable Integer maxOutputTokens,
        String model,
        List<Item> output,
        boolean parallelToolCalls,
        @Nullable String previousResponseId,
        boolean store,
        float temperature,
        TextForm text,
        String toolChoice,
        List<Object> tools,
        int topLogprobs,
        float topP,
        String truncation,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Used usage,
        Map<String, String> metadata,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable TimingsMillis timings) {

    /** The reason why an answer is incomplete. */
    record Incomplete(String reason) {}

    /** The format of the answer, as in the request. */
    record TextForm(FormatForm format) {}

    /** A format; only {@code json_schema} has a schema. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record FormatForm(
            String type,
            @Nullable String name,
            @JsonRawValue @Nullable String schema) {}

    /** A message of the assistant. */
    record Item(String id, String type, String status, String role, List<Part> content) {

        static Item of(String id, String status, List<Part> content) {
            return new Item(id, "message", status, "assistant", content);
        }
    }

    /** Its text. */
    record Part(String type, List<Object> annotations, List<TokenProbability> logprobs, String text) {

        static Part of(String text, List<TokenProbability> logprobs) {
            return new Part("output_text", List.of(), logprobs, text);
        }
    }

    /** Token counts. */
    @JsonNaming(SnakeCaseStrategy.class)
    record Used(
            int inputTokens,
            InputDetails inputTokensDetails,
            int outputTokens,
            OutputDetails outputTokensDetails,
            int totalTokens) {}

    /** Details of the prompt's tokens; visual tokens and cached images are extensions. */
    @JsonNaming(SnakeCaseStrategy.class)
    record InputDetails(int cachedTokens, int cacheWriteTokens, int visualTokens, int cachedImages) {}

    /** Always 0: the models do not think before they answer. */
    @JsonNaming(SnakeCaseStrategy.class)
    record OutputDetails(int reasoningTokens) {}
}
