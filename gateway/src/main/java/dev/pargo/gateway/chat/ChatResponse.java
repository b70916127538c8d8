package dev.pargo.gateway.chat;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.pargo.gateway.attention.AttentionJson;
import dev.pargo.gateway.exchange.TimingsMillis;
import dev.pargo.gateway.exchange.Usage;
import dev.pargo.gateway.inference.CrossAttention;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.annotation.JsonSerialize;

/**
 * A chat completion, or one chunk of a streamed one.
 *
 * @param object  {@code chat.completion} or {@code chat.completion.chunk}
 * @param created seconds since 1970
 * @param systemFingerprint of the LLM's weights
 * @param projectorAttention an extension: what the projector looked at in each picture; null if that is not told here
 * @param timings an extension: where the time went
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
record ChatResponse(
        String id,
        String object,
        long created,
        String model,
        String systemFingerprint,

        @JsonSerialize(contentUsing = AttentionJson.class) @Nullable
        List<CrossAttention> projectorAttention,

        List<Choice> choices,
        @Nullable Usage usage,
        @Nullable TimingsMillis timings) {

    /** A chunk whose usage is null and said to be. */
    @JsonNaming(SnakeCaseStrategy.class)
    record BeforeUsage(
            String id,
            String object,
            long created,
            String model,
            String systemFingerprint,

            @JsonSerialize(contentUsing = AttentionJson.class) @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            List<CrossAttention> projectorAttention,

            List<Choice> choices,
            @Nullable Usage usage) {}

    /** One choice: a whole message, or what a chunk adds to it. */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Choice(
            int index,
            @Nullable Message message,
            @Nullable Text delta,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            ChoiceLogprobs logprobs,

            @Nullable ChoiceAttention attention,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            String finishReason) {

        static Choice whole(
                int index,
                String content,
                @Nullable ChoiceLogprobs logprobs,
                @Nullable ChoiceAttention attention,
                String finishReason) {
            return new Choice(index, new Message("assistant", content, null), null, logprobs, attention, finishReason);
        }

        static Choice begin(int index) {
            return new Choice(index, null, new Text("assistant", ""), null, null, null);
        }

        static Choice piece(
                int index, String content, @Nullable ChoiceLogprobs logprobs, @Nullable ChoiceAttention attention) {
            return new Choice(index, null, new Text(null, content), logprobs, attention, null);
        }

        static Choice end(int index, @Nullable ChoiceAttention attention, String finishReason) {
            return new Choice(index, null, new Text(null, null), null, attention, finishReason);
        }
    }

    /**
     * A whole message.
     *
     * @param refusal always null: the models' refusals are answers like others
     */
    record Message(String role, String content, @Nullable String refusal) {}

    /** What a chunk adds to a message. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Text(@Nullable String role, @Nullable String content) {}
}
