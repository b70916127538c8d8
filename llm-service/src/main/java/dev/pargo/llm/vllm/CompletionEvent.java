package dev.pargo.llm.vllm;

import dev.pargo.models.llm.SampleLogprobs;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One event of an answer's stream.
 *
 * @param ids          new tokens
 * @param logprobs     one for each of the tokens, or none
 * @param finishReason {@code stop}, {@code length} or another word of vLLM's; null if the answer goes on
 * @param cachedTokens tokens of the prompt that were found in the KV cache; null if the event does not say
 * @param error        what vLLM says if it gives up; null if it does not
 */
record CompletionEvent(
        int[] ids,
        List<SampleLogprobs> logprobs,
        @Nullable String finishReason,
        @Nullable Integer cachedTokens,
        @Nullable Problem error) {

    /**
     * An error that vLLM reports.
     *
     * @param code the HTTP status that it would have had before the answer began
     */
    record Problem(int code, String message) {

        private static final int MOST_CHARACTERS = 300;

        /** Reads {@code {"error": {...}}}; the code is the given one if it has none. */
        static Problem of(JsonNode body, int otherwise) {
            JsonNode error = body.path("error");
            String message = error.path("message").asString("no reason is given");
            return new Problem(
                    error.path("code").asInt(otherwise),
                    message.length() > MOST_CHARACTERS ? message.substring(0, MOST_CHARACTERS) : message);
        }
    }

    private static final String TOKEN_ID = "token_id:";

    private static final int INTERNAL_ERROR = 500;

    /**
     * Reads an event.
     *
     * @param top alternatives that were asked for; null if no log probabilities were
     * @throws VllmException if it is not one
     */
    static CompletionEvent of(String json, @Nullable Integer top) throws VllmException {
        try {
            JsonNode event = JsonMapper.shared().readTree(json);
            if (event.has("error")) {
                return new CompletionEvent(new int[0], List.of(), null, null, Problem.of(event, INTERNAL_ERROR));
            }
            JsonNode choice = event.path("choices").path(0);
            int[] ids = choice.path("token_ids")
                    .valueStream()
                    .mapToInt(JsonNode::asInt)
                    .toArray();
            JsonNode finish = choice.path("finish_reason");
            JsonNode cached = event.at("/usage/prompt_tokens_details/cached_tokens");
            return new CompletionEvent(
                    ids,
                    top == null ? List.of() : logprobs(choice.path("logprobs"), ids, top),
                    finish.isString() ? finish.asString() : null,
                    cached.isInt() ? cached.asInt() : null,
                    null);
        } catch (JacksonException | NumberFormatException malformed) {
            throw new VllmException("an event of an answer is malformed");
        }
    }

    private static List<SampleLogprobs> logprobs(JsonNode logprobs, int[] ids, int top) throws VllmException {
        List<SampleLogprobs> all = new ArrayList<>();
        for (int i = 0; i < ids.length; i++) {
            JsonNode chosen = logprobs.path("token_logprobs").path(i);
            if (!chosen.isNumber()) {
                throw new VllmException("a token has no log probability");
            }
            all.add(sample(chosen.asDouble(), logprobs.path("top_logprobs").path(i), ids[i], top));
        }
        return all;
    }

    /** vLLM lists the chosen token beside the most probable ones even if it is not one of them. */
    private static SampleLogprobs sample(double chosen, JsonNode listed, int id, int top) {
        List<Map.Entry<Integer, Double>> best = new ArrayList<>();
        listed.properties()
                .forEach(token -> best.add(Map.entry(
                        Integer.parseInt(token.getKey().replaceFirst("^" + TOKEN_ID, "")),
                        token.getValue().asDouble())));
        if (best.size() > top) {
            best.removeIf(token -> token.getKey() == id);
        }
        best.sort(Comparator.comparing((Map.Entry<Integer, Double> token) -> -token.getValue()));
        int count = Math.min(top, best.size());
        int[] ids = new int[count];
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            ids[i] = best.get(i).getKey();
            values[i] = best.get(i).getValue().floatValue();
        }
        return new SampleLogprobs((float) chosen, ids, values);
    }
}
