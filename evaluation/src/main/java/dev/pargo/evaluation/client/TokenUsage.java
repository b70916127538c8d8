package dev.pargo.evaluation.client;

import tools.jackson.databind.JsonNode;

/**
 * Tokens of a request as the endpoint counts them; 0 for a count that it does not report.
 *
 * @param prompt     all tokens of the prompt
 * @param visual     prompt tokens that represent images
 * @param cached     prompt tokens that were in the endpoint's prefix cache
 * @param completion tokens of the answer
 */
public record TokenUsage(int prompt, int visual, int cached, int completion) {

    static TokenUsage of(JsonNode answer) {
        JsonNode usage = answer.path("usage");
        return new TokenUsage(
                usage.path("prompt_tokens").asInt(0),
                usage.path("visual_tokens").asInt(0),
                usage.at("/prompt_tokens_details/cached_tokens").asInt(0),
                usage.path("completion_tokens").asInt(0));
    }
}
