package dev.pargo.evaluation.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pargo.evaluation.stack.Bundles;
import dev.pargo.evaluation.stack.RunningStack;
import dev.pargo.evaluation.stack.RunningVllm;
import dev.pargo.evaluation.stack.ServiceKind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The whole stack with a real vLLM as its LLM. Skipped where none is installed; {@link RunningVllm} says how to name
 * one.
 */
class VllmIT {

    @TempDir
    private static Path directory;

    private static RunningVllm vllm;
    private static RunningStack stack;
    private static GatewayClient gateway;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        RunningVllm.assumeInstalled();
        vllm = RunningVllm.serve(Bundles.PARGO_MINI, directory);
        stack = RunningStack.start(Bundles.PARGO_MINI, settings(vllm));
        gateway = new GatewayClient(stack.url());
    }

    static Map<String, String> settings(RunningVllm vllm) {
        return Map.of("PARGO_LLM_BACKEND", "vllm", "PARGO_LLM_VLLM_URL", vllm.url(), "PARGO_PRECISION", "float32");
    }

    @AfterAll
    static void stop() {
        if (stack != null) {
            stack.close();
        }
        if (vllm != null) {
            vllm.close();
        }
    }

    static List<KnownAnswer> examples() throws IOException {
        return KnownAnswer.all();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void answersAreThoseOfTheOwnEngine(KnownAnswer example) throws IOException {
        Reply reply = gateway.complete(Chat.of(example));

        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        assertThat(reply.answer()).isEqualTo(example.answer());
        assertThat(reply.json().at("/choices/0/finish_reason").asString()).isEqualTo("stop");
        JsonNode usage = reply.json().path("usage");
        assertThat(usage.path("prompt_tokens").asInt()).isEqualTo(example.promptTokens());
        assertThat(usage.path("completion_tokens").asInt()).isEqualTo(example.answerTokens());
    }

    @Test
    void answersAtOnceAreThoseOfTheOwnEngine() throws IOException {
        List<KnownAnswer> examples = KnownAnswer.all().subList(0, 16);
        List<CompletableFuture<Reply>> replies = new ArrayList<>();
        for (KnownAnswer example : examples) {
            replies.add(gateway.completeLater(Chat.of(example)));
        }
        for (int i = 0; i < examples.size(); i++) {
            assertThat(replies.get(i).join().answer()).isEqualTo(examples.get(i).answer());
        }
    }

    @Test
    void tokensArriveAsTheyAreMade() throws IOException {
        ObjectNode body = Chat.of(KnownAnswer.all().get(0))
                .put("stream", true)
                .put("ignore_eos", true)
                .put("max_tokens", 300);
        long begin = System.nanoTime();
        List<Long> arrivals = new ArrayList<>();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(gateway.stream(body), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.contains("\"content\":\"")) {
                    arrivals.add(System.nanoTime() - begin);
                }
            }
        }
        long all = System.nanoTime() - begin;

        assertThat(arrivals).hasSizeGreaterThan(50);
        assertThat(arrivals.get(1)).isLessThan(all / 2);
    }

    @Test
    void aClientThatGoesAwayEndsTheServersWork() throws Exception {
        double before = vllm.metric("vllm:generation_tokens_total");
        ObjectNode body = Chat.of(KnownAnswer.all().get(0))
                .put("stream", true)
                .put("ignore_eos", true)
                .put("max_tokens", 380);

        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(gateway.stream(body), StandardCharsets.UTF_8))) {
            String line = lines.readLine();
            while (!line.contains("\"content\":\"")) {
                line = lines.readLine();
            }
        }

        await().until(() -> vllm.metric("vllm:num_requests_running") == 0);
        assertThat(vllm.metric("vllm:generation_tokens_total") - before).isLessThan(300);
    }

    @Test
    void aStopStringEndsAnAnswer() throws IOException {
        KnownAnswer example = KnownAnswer.all().get(0);
        String word = example.answer().split(" ")[3];

        Reply reply = gateway.complete(Chat.of(example).put("stop", " " + word));

        assertThat(reply.answer())
                .isEqualTo(example.answer().substring(0, example.answer().indexOf(" " + word)));
        assertThat(reply.json().at("/choices/0/finish_reason").asString()).isEqualTo("stop");
    }

    @Test
    void theSameSeedGivesTheSameAnswers() throws IOException {
        ObjectNode body = Chat.of(KnownAnswer.all().get(0))
                .put("temperature", 2)
                .put("seed", 7)
                .put("n", 3);

        List<String> first = answers(gateway.complete(body));
        List<String> second = answers(gateway.complete(body));

        assertThat(first).hasSize(3).isEqualTo(second);
        assertThat(first).as("each has a seed of its own").doesNotHaveDuplicates();
    }

    private static List<String> answers(Reply reply) {
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        return reply.json()
                .path("choices")
                .valueStream()
                .map(choice -> choice.at("/message/content").asString())
                .toList();
    }

    @Test
    void logProbabilitiesAreThoseOfTheModel() throws IOException {
        Reply reply = gateway.complete(
                Chat.of(KnownAnswer.all().get(0)).put("logprobs", true).put("top_logprobs", 3));

        for (JsonNode token : reply.json().at("/choices/0/logprobs/content")) {
            assertThat(token.path("logprob").asDouble()).isBetween(-20.0, 0.0);
            assertThat(token.path("top_logprobs").size()).isEqualTo(3);
            // Greedy: the chosen token is the most probable one.
            assertThat(token.at("/top_logprobs/0/token").asString())
                    .isEqualTo(token.path("token").asString());
            assertThat(token.at("/top_logprobs/0/logprob").asDouble())
                    .isGreaterThanOrEqualTo(token.at("/top_logprobs/1/logprob").asDouble());
        }
    }

    @Test
    void anAnswerHasTheFormatThatIsAskedFor() throws IOException {
        ObjectNode body = Chat.of(KnownAnswer.all().get(0));
        body.putArray("guided_choice").add("a square").add("a circle");

        assertThat(gateway.complete(body).answer()).isIn("a square", "a circle");
    }

    @Test
    void beamSearchIsRefusedByName() throws IOException {
        Reply reply = gateway.complete(Chat.of(KnownAnswer.all().get(0)).put("num_beams", 4));

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().at("/error/param").asString()).isEqualTo("use_beam_search");
    }

    @Test
    void aServerThatIsKilledGives503AndComesBack() throws Exception {
        KnownAnswer example = KnownAnswer.all().get(0);
        ObjectNode running = Chat.of(example).put("ignore_eos", true).put("max_tokens", 350);
        CompletableFuture<Reply> cut = gateway.completeLater(running);
        await().until(() -> stack.service(ServiceKind.LLM).metric("pargo.stage.admitted") > 0);

        vllm.kill();

        assertThat(cut.join().status()).isEqualTo(503);
        Reply refused = gateway.complete(Chat.of(example));
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.header("Retry-After")).isNotEmpty();
        await().atMost(Duration.ofSeconds(10))
                .until(() -> !stack.service(ServiceKind.LLM).isReady());

        vllm.start();

        await().atMost(Duration.ofSeconds(20))
                .until(() -> stack.service(ServiceKind.LLM).isReady());
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() ->
                        assertThat(gateway.complete(Chat.of(example)).answer()).isEqualTo(example.answer()));
    }
}
