package dev.pargo.evaluation.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Checks that an answer is an error in OpenAI's format that reveals no internals. */
final class Refusal {

    private static final Pattern INSIDES = Pattern.compile(
            "Exception|\\bat [a-z]+\\.|dev\\.pargo|java\\.|io\\.grpc|tools\\.jackson|ai\\.djl|springframework|"
                    + "torch|UNAVAILABLE|INVALID_ARGUMENT|RESOURCE_EXHAUSTED");

    private Refusal() {}

    /** The error object of a well-formed refusal. */
    static JsonNode of(Reply reply, int status) {
        assertThat(reply.status()).as(reply.body()).isEqualTo(status);
        assertThat(reply.header("content-type")).startsWith("application/json");
        assertThat(reply.body()).doesNotContainPattern(INSIDES);
        JsonNode error = reply.json().path("error");
        assertThat(error.propertyNames()).containsExactlyInAnyOrder("message", "type", "param", "code");
        assertThat(error.path("message").asString()).isNotBlank().doesNotContain("\n");
        assertThat(error.path("type").asString()).isNotBlank();
        return error;
    }

    /** The error object of a refusal that says when to try again. */
    static JsonNode retryable(Reply reply, int status) {
        JsonNode error = of(reply, status);
        assertThat(Integer.parseInt(reply.header("retry-after"))).isBetween(1, 60);
        return error;
    }
}
