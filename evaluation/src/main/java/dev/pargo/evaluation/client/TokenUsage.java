package dev.pargo.evaluation.client;

import tools.jackson.databind.JsonNode;

/**
 * Tokens of a request as the endpoint counts them; 0 for what it does not tell.
 *
 * @param prompt     all tokens of the prompt
 * @param visual     those of them that stand for images
 * @param cached     those of them that the endpoint did not have to read again
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
