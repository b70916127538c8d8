package dev.pargo.evaluation.client;

import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * How long each part of a request took, as this project's gateway reports in {@code timings}; all in milliseconds.
 *
 * @param encodeMs     image to features
 * @param projectMs    features to visual tokens
 * @param firstTokenMs from the request's arrival to the first token
 * @param decodeMs     from the first token to the last
 * @param totalMs      from the request's arrival to the last token
 * @param networkMs    forward passes of all stages
 */
public record StageTimes(
        double encodeMs, double projectMs, double firstTokenMs, double decodeMs, double totalMs, double networkMs) {

    /** Waiting for the LLM and prefill. */
    public double prefillMs() {
        return firstTokenMs - encodeMs - projectMs;
    }

    /** The times in an answer; empty if the endpoint does not report these. */
    static Optional<StageTimes> of(JsonNode answer) {
        JsonNode timings = answer.path("timings");
        if (!timings.has("total_ms") || !timings.has("network_ms")) {
            return Optional.empty();
        }
        return Optional.of(new StageTimes(
                timings.path("encode_ms").asDouble(),
                timings.path("project_ms").asDouble(),
                timings.path("time_to_first_token_ms").asDouble(),
                timings.path("decode_ms").asDouble(),
                timings.path("total_ms").asDouble(),
                timings.path("network_ms").asDouble()));
    }
}
