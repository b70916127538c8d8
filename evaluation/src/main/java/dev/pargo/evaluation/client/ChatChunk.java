package dev.pargo.evaluation.client;

import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * One event of a streamed answer.
 *
 * @param text  text added to the answer, or to the reasoning before it if the endpoint streams that; may be empty
 * @param usage present in the last event, if the endpoint reports it
 * @param times present in the last event, if the endpoint reports it
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
