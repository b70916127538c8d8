package dev.pargo.evaluation.client;

import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * How long each part of a request took, as this project's gateway reports in {@code timings}; all in milliseconds.
 *
 * @param queueMs      waiting for a device, in all stages; 0 if the endpoint does not report it
 * @param encodeMs     image to features
 * @param projectMs    features to visual tokens
 * @param firstTokenMs from the request's arrival to the first token
 * @param decodeMs     from the first token to the last
 * @param totalMs      from the request's arrival to the last token
 * @param networkMs    forward passes of all stages
 */
public record StageTimes(
        double queueMs,
        double encodeMs,
        double projectMs,
        double firstTokenMs,
        double decodeMs,
        double totalMs,
        double networkMs) {

    /** What is left of the time to the first token. */
    public double prefillMs() {
        return firstTokenMs - queueMs - encodeMs - projectMs;
    }

    /** The times in an answer; empty if the endpoint does not report these. */
    static Optional<StageTimes> of(JsonNode answer) {
        JsonNode timings = answer.path("timings");
        if (!timings.has("total_ms") || !timings.has("network_ms")) {
            return Optional.empty();
        }
        return Optional.of(new StageTimes(
                timings.path("queue_ms").asDouble(),
                timings.path("encode_ms").asDouble(),
                timings.path("project_ms").asDouble(),
                timings.path("time_to_first_token_ms").asDouble(),
                timings.path("decode_ms").asDouble(),
                timings.path("total_ms").asDouble(),
                timings.path("network_ms").asDouble()));
    }
}
