package dev.pargo.evaluation.client;

import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A whole answer.
 *
 * @param times times of the stages, if the endpoint reports them
 */
public record ChatAnswer(String text, TokenUsage usage, Optional<StageTimes> times) {

    static ChatAnswer of(JsonNode answer) {
        return new ChatAnswer(
                answer.at("/choices/0/message/content").asString(""), TokenUsage.of(answer), StageTimes.of(answer));
    }
}
