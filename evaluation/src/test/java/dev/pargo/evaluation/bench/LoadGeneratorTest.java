package dev.pargo.evaluation.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.pargo.evaluation.client.ChatClient;
import dev.pargo.evaluation.endpoint.AnswerScript;
import dev.pargo.evaluation.endpoint.ScriptedEndpoint;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LoadGeneratorTest {

    private static final AnswerScript ELEVEN_TOKENS =
            AnswerScript.answer("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k");

    @Test
    void measuresWhatTheEndpointDoes() throws Exception {
        try (ScriptedEndpoint endpoint =
                new ScriptedEndpoint(request -> ELEVEN_TOKENS.after(50).each(10))) {
            Sample sample = run(endpoint, Level.closed(1), Budget.requests(3)).get(2);

            assertThat(sample.isAnswered()).isTrue();
            assertThat(sample.tokens()).isEqualTo(11);
            assertThat(sample.promptTokens()).isEqualTo(12);
            // At least the endpoint's delay; more if the machine is busy.
            assertThat(sample.firstTokenMs()).isBetween(50.0, 150.0);
            assertThat(sample.perTokenMs()).isBetween(10.0, 25.0);
            assertThat(sample.totalMs()).isCloseTo(sample.firstTokenMs() + 10 * sample.perTokenMs(), within(0.01));
        }
    }

    @Test
    void keepsTheConcurrency() throws Exception {
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(request -> ELEVEN_TOKENS.after(20))) {
            List<Sample> samples = run(endpoint, Level.closed(4), Budget.requests(30));

            assertThat(samples).hasSize(30).allMatch(Sample::isAnswered);
            assertThat(endpoint.requests()).hasSize(30);
            assertThat(endpoint.mostUnderWay()).isEqualTo(4);
        }
    }

    @Test
    void stopsWhenTheTimeIsOver() throws Exception {
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(request -> ELEVEN_TOKENS.after(10))) {
            long start = System.nanoTime();

            List<Sample> samples = run(endpoint, Level.closed(2), Budget.time(Duration.ofMillis(300)));

            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(300), Duration.ofSeconds(3));
            assertThat(samples).hasSizeBetween(2, 60).allMatch(Sample::isAnswered);
        }
    }

    @Test
    void arrivalsDoNotWaitForAnswers() throws Exception {
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(request -> ELEVEN_TOKENS.after(400))) {
            List<Sample> samples = run(endpoint, Level.open(100), Budget.requests(20));

            assertThat(samples).hasSize(20);
            assertThat(endpoint.mostUnderWay()).isGreaterThan(10);
            long spread = samples.get(19).start() - samples.get(0).start();
            assertThat(spread / 1e9).isBetween(0.05, 0.6);
        }
    }

    @Test
    void tellsRefusalsFromFailures() throws Exception {
        AtomicInteger number = new AtomicInteger();
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(request -> switch (number.getAndIncrement()) {
            case 0 -> AnswerScript.refusal(429);
            case 1 -> AnswerScript.refusal(503);
            case 2 -> AnswerScript.refusal(500);
            default -> ELEVEN_TOKENS;
        })) {
            List<Sample> samples = run(endpoint, Level.closed(1), Budget.requests(4));

            assertThat(samples)
                    .extracting(Sample::outcome)
                    .containsExactly(
                            Sample.Outcome.REFUSED,
                            Sample.Outcome.REFUSED,
                            Sample.Outcome.FAILED,
                            Sample.Outcome.ANSWERED);
            assertThat(samples.get(2).error()).isEqualTo("scripted refusal");
        }
    }

    @Test
    void arrivalsOfARoundAreTheSameForEveryTarget() throws Exception {
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(request -> ELEVEN_TOKENS)) {
            assertThat(arrivals(endpoint, 1)).isEqualTo(arrivals(endpoint, 1)).isNotEqualTo(arrivals(endpoint, 2));
        }
    }

    @Test
    void aConversationRepeatsWhatWasSaid() throws Exception {
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(request -> ELEVEN_TOKENS)) {
            run(endpoint, Level.closed(1), Budget.requests(5), 3, 0);

            assertThat(endpoint.requests())
                    .extracting(request -> request.path("messages").size())
                    .containsExactly(1, 3, 5, 1, 3);
            assertThat(endpoint.requests().get(1).at("/messages/1/role").asString())
                    .isEqualTo("assistant");
            assertThat(endpoint.requests().get(1).at("/messages/1/content").asString())
                    .isNotEmpty();
        }
    }

    /** Nanoseconds from the first arrival of a round to each of the others. */
    private static List<Long> arrivals(ScriptedEndpoint endpoint, int round) throws InterruptedException {
        List<Sample> samples = run(endpoint, Level.open(200), Budget.requests(10), 1, round);
        return samples.stream()
                .map(sample -> sample.start() - samples.get(0).start())
                .toList();
    }

    private static List<Sample> run(ScriptedEndpoint endpoint, Level level, Budget budget) throws InterruptedException {
        return run(endpoint, level, budget, 1, 0);
    }

    private static List<Sample> run(ScriptedEndpoint endpoint, Level level, Budget budget, int turns, int round)
            throws InterruptedException {
        Workload workload = new Workload(List.of(), 1, number -> "hello", Map.of());
        ChatClient client = new ChatClient(endpoint.url(), null, Duration.ofSeconds(10));
        try (LoadGenerator load = new LoadGenerator(new RequestTimer(workload, () -> {}), turns, 1)) {
            return load.run(new TestedEndpoint("target", client, "scripted"), level, budget, round);
        }
    }
}
