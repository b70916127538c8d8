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
                List<ChoiceToolCall> calls,
                @Nullable ChoiceLogprobs logprobs,
                @Nullable ChoiceAttention attention,
                String finishReason) {
            return new Choice(index, Message.of(content, calls), null, logprobs, attention, finishReason);
        }

        static Choice begin(int index) {
            return new Choice(index, null, new Text("assistant", "", null), null, null, null);
        }

        static Choice piece(
                int index,
                String content,
                List<ChoiceToolCall> calls,
                @Nullable ChoiceLogprobs logprobs,
                @Nullable ChoiceAttention attention) {
            Text delta = calls.isEmpty()
                    ? new Text(null, content, null)
                    : new Text(null, content.isEmpty() ? null : content, calls);
            return new Choice(index, null, delta, logprobs, attention, null);
        }

        static Choice end(int index, @Nullable ChoiceAttention attention, String finishReason) {
            return new Choice(index, null, new Text(null, null, null), null, attention, finishReason);
        }
    }

    /**
     * A whole message.
     *
     * @param content   null if the message has calls only
     * @param refusal   always null: the models' refusals are answers like others
     * @param toolCalls null for none
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record Message(
            String role,
            @Nullable String content,
            @Nullable String refusal,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            List<ChoiceToolCall> toolCalls) {

        static Message of(String content, List<ChoiceToolCall> calls) {
            return calls.isEmpty()
                    ? new Message("assistant", content, null, null)
                    : new Message("assistant", content.isEmpty() ? null : content, null, calls);
        }
    }

    /**
     * What a chunk adds to a message.
     *
     * @param toolCalls each with its index; a call comes whole
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Text(
            @Nullable String role,
            @Nullable String content,
            @Nullable List<ChoiceToolCall> toolCalls) {}
}
