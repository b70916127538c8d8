package dev.pargo.gateway.chat;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.pargo.gateway.inference.Generation;
import dev.pargo.gateway.inference.Timings;
import dev.pargo.proto.v1.FinishReason;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * A chat completion, or one chunk of a streamed one.
 *
 * @param object  {@code chat.completion} or {@code chat.completion.chunk}
 * @param created seconds since 1970
 * @param systemFingerprint of the LLM's weights
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

    /**
     * Token counts.
     *
     * @param promptTokens all tokens of the prompt, visual ones among them
     * @param visualTokens an extension: tokens that stand for images
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record Usage(
            int promptTokens, int completionTokens, int totalTokens, Details promptTokensDetails, int visualTokens) {

        /**
         * What of the prompt need not be computed.
         *
         * @param cachedTokens tokens that the LLM knew from an earlier request
         * @param cachedImages an extension: images whose visual tokens were known, or made by another request
         */
        @JsonNaming(SnakeCaseStrategy.class)
        record Details(int cachedTokens, int cachedImages) {}

        static Usage of(Generation generation) {
            int prompt = generation.queued().getPromptTokens();
            int completion = generation.finished().getCompletionTokens();
            return new Usage(
                    prompt,
                    completion,
                    prompt + completion,
                    new Details(
                            generation.finished().getCachedTokens(),
                            generation.timings().reusedImages()),
                    generation.queued().getVisualTokens());
        }
    }

    /**
     * Where the time went, in milliseconds, seen from the gateway.
     *
     * @param queueMs            waiting for a device, in all stages, as they report it; not part of the next two
     * @param encodeMs           images to features, all images of the request; 0 for images that are known
     * @param projectMs          from the end of the encoding to the last visual token
     * @param timeToFirstTokenMs from the request's arrival
     * @param decodeMs           from the first token to the last
     * @param networkMs          forward passes of all stages, as they report them
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record TimingsMillis(
            double queueMs,
            double encodeMs,
            double projectMs,
            double timeToFirstTokenMs,
            double decodeMs,
            double totalMs,
            double networkMs) {

        static TimingsMillis of(Timings stages, Stopwatch watch) {
            return new TimingsMillis(
                    millis(stages.queueNanos()),
                    millis(stages.encodeNanos()),
                    millis(stages.projectNanos()),
                    millis(watch.toFirstToken()),
                    millis(watch.decoding()),
                    millis(watch.total()),
                    stages.networkMicros() / 1e3);
        }

        private static double millis(long nanos) {
            return Math.round(nanos / 1e3) / 1e3;
        }
    }

    /** OpenAI's word for how an answer ended. */
    static String finishReason(FinishReason reason) {
        return reason == FinishReason.LENGTH ? "length" : "stop";
    }
}
