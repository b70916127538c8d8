package dev.pargo.evaluation.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.evaluation.stack.RunningStack;
import dev.pargo.evaluation.stack.SharedStack;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@ExtendWith(SharedStack.class)
class StreamingIT {

    private GatewayClient gateway;

    @BeforeEach
    void connect(RunningStack running) {
        gateway = new GatewayClient(running.url());
    }

    static List<KnownAnswer> everyFifthExample() throws IOException {
        List<KnownAnswer> examples = KnownAnswer.all();
        return IntStream.iterate(0, i -> i < examples.size(), i -> i + 5)
                .mapToObj(examples::get)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("everyFifthExample")
    void streamsTheSameAnswer(KnownAnswer example) throws IOException {
        Reply reply = gateway.complete(streamed(example));

        assertThat(reply.status()).isEqualTo(200);
        assertThat(EventStream.parse(reply.body()).answer()).isEqualTo(example.answer());
    }

    @Test
    void streamsStandardServerSentEvents() throws IOException {
        Reply reply = gateway.complete(streamed(KnownAnswer.all().get(0)));

        assertThat(reply.header("content-type")).startsWith("text/event-stream");
        assertThat(reply.header("cache-control")).isEqualTo("no-cache");
        EventStream stream = EventStream.parse(reply.body());
        assertThat(stream.first().at("/choices/0/delta/role").asString()).isEqualTo("assistant");
        assertThat(stream.last().at("/choices/0/finish_reason").asString()).isEqualTo("stop");
        assertThat(stream.chunks()).allSatisfy(chunk -> {
            assertThat(chunk.path("object").asString()).isEqualTo("chat.completion.chunk");
            assertThat(chunk.path("id")).isEqualTo(stream.first().path("id"));
            assertThat(chunk.path("model").asString()).isEqualTo("pargo-mini");
            assertThat(chunk.path("created").isIntegralNumber()).isTrue();
            assertThat(chunk.has("usage")).isFalse();
        });
        assertThat(stream.chunks().stream()
                        .filter(chunk -> chunk.at("/choices/0/finish_reason").isString()))
                .hasSize(1);
    }

    @Test
    void endsWithUsageIfAskedTo() throws IOException {
        KnownAnswer example = KnownAnswer.all().get(0);
        ObjectNode body = streamed(example);
        body.putObject("stream_options").put("include_usage", true);

        JsonNode last = EventStream.parse(gateway.complete(body).body()).last();

        assertThat(last.path("choices").isEmpty()).isTrue();
        assertThat(last.at("/usage/prompt_tokens").asInt()).isEqualTo(example.promptTokens());
        assertThat(last.at("/usage/completion_tokens").asInt()).isEqualTo(example.answerTokens());
        assertThat(last.at("/usage/visual_tokens").asInt()).isEqualTo(80);
        assertThat(last.at("/timings/total_ms").asDouble()).isPositive();
    }

    @Test
    void sendsTokensAsTheyAreMade() throws IOException {
        List<Long> arrivals = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(gateway.stream(streamed(KnownAnswer.all().get(0))), StandardCharsets.UTF_8))) {
            lines.lines().filter(line -> line.startsWith("data: {")).forEach(line -> arrivals.add(System.nanoTime()));
        }

        assertThat(arrivals).hasSizeGreaterThan(10);
        long whole = arrivals.get(arrivals.size() - 1) - arrivals.get(0);
        long half = arrivals.get(arrivals.size() / 2) - arrivals.get(0);
        // Events that were collected and sent at the end would arrive within one read.
        assertThat(whole).isGreaterThan(10_000_000);
        assertThat(half).isBetween(whole / 20, whole - whole / 20);
    }

    @Test
    void refusesAStreamWithAStatus() {
        Reply reply = gateway.complete(Chat.text("?").put("stream", true).put("model", "unknown"));

        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.header("content-type")).startsWith("application/json");
    }

    private static ObjectNode streamed(KnownAnswer example) throws IOException {
        return Chat.of(example).put("stream", true);
    }
}
