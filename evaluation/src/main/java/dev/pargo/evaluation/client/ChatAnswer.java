package dev.pargo.evaluation.client;

import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A whole answer.
 *
 * @param times where the time went, if the endpoint tells
 */
public record ChatAnswer(String text, TokenUsage usage, Optional<StageTimes> times) {

    static ChatAnswer of(JsonNode answer) {
        return new ChatAnswer(
                answer.at("/choices/0/message/content").asString(""), TokenUsage.of(answer), StageTimes.of(answer));
    }
}
