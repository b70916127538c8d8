package dev.pargo.evaluation.client;

import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * One event of a streamed answer.
 *
 * @param text  what it adds to the answer, or to the reasoning before it where an endpoint tells that; may be empty
 * @param usage present in the last event, if the endpoint tells
 * @param times present in the last event, if the endpoint tells
 */
public record ChatChunk(String text, Optional<TokenUsage> usage, Optional<StageTimes> times) {

    static ChatChunk of(JsonNode chunk) {
        JsonNode delta = chunk.at("/choices/0/delta");
        return new ChatChunk(
                delta.path("content").asString("")
                        + delta.path("reasoning_content").asString(""),
                chunk.path("usage").isObject() ? Optional.of(TokenUsage.of(chunk)) : Optional.empty(),
                StageTimes.of(chunk));
    }
}
