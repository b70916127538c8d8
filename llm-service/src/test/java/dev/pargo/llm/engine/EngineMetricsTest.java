package dev.pargo.llm.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pargo.models.llm.KvCache;
import dev.pargo.models.llm.PromptPart;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EngineMetricsTest {

    private static final List<PromptPart> PICTURE = PargoMini.aboutImage(1, PargoMini.DESCRIBE);

    @Test
    void showsWhatRunsAndWhatWaits() throws Exception {
        try (PargoMini mini = PargoMini.withSequences(4)) {
            // The answers share the pages of their prompt as long as they have not written into them.
            double prompt = (double) KvCache.pages(PromptKeys.of(PICTURE).length) / mini.engine.pages();
            Standstill still = new Standstill();
            CollectedAnswer three = mini.submit(Asked.of(PICTURE).choices(3).endless(9), still);
            still.begun();
            Standstill later = new Standstill();
            mini.submit(Asked.of(PICTURE).choices(2).endless(9), later);
            assertThat(gauge(mini, "pargo.llm.requests.waiting")).isEqualTo(1);
            assertThat(gauge(mini, "pargo.llm.requests.running")).isEqualTo(1);
            assertThat(gauge(mini, "pargo.llm.kv.utilization")).isEqualTo(prompt);
            three.generation.cancel();
            still.end();
            later.begun();
            assertThat(gauge(mini, "pargo.llm.requests.waiting")).isZero();
            assertThat(gauge(mini, "pargo.llm.kv.utilization")).isEqualTo(prompt);
            later.end();
            mini.submit(Asked.of(PICTURE).endless(1)).summary();
            await().untilAsserted(() ->
                    assertThat(gauge(mini, "pargo.llm.requests.running")).isZero());
            assertThat(gauge(mini, "pargo.llm.kv.utilization")).isZero();
        }
    }

    @Test
    void countsTokensPrefixesAndFinishReasons() {
        int prompt = PromptKeys.of(PICTURE).length;
        try (PargoMini mini = PargoMini.withSequences(4)) {
            int first = mini.submit(Asked.of(PICTURE)).ids().size();
            mini.submit(Asked.of(PICTURE).choices(2).endless(7)).summary();
            assertThat(counter(mini, "pargo.llm.tokens", "direction", "in")).isEqualTo(2 * prompt);
            assertThat(counter(mini, "pargo.llm.tokens", "direction", "out")).isEqualTo(first + 14);
            assertThat(counter(mini, "pargo.llm.prefix.queries", "gen_ai.request.model", "pargo-mini"))
                    .isEqualTo(2 * prompt);
            assertThat(counter(mini, "pargo.llm.prefix.hits", "gen_ai.request.model", "pargo-mini"))
                    .isEqualTo(prompt - 1);
            assertThat(counter(mini, "pargo.llm.answers", "reason", "stop")).isEqualTo(1);
            assertThat(counter(mini, "pargo.llm.answers", "reason", "length")).isEqualTo(2);
            assertThat(mini.meters.get("pargo.stage.batch.size").summary().max())
                    .isEqualTo(2);
            assertThat(mini.meters.get("pargo.stage.queue.time").timer().count())
                    .isEqualTo(2);
        }
    }

    @Test
    void timesAnswers() {
        try (PargoMini mini = PargoMini.withSequences(1)) {
            long begin = System.nanoTime();
            mini.submit(Asked.of(PICTURE).endless(41)).summary();
            double seconds = (System.nanoTime() - begin) / 1e9;
            double first = total(mini, "gen_ai.server.time_to_first_token");
            double perToken = total(mini, "gen_ai.server.time_per_output_token");
            double duration = total(mini, "gen_ai.server.request.duration");
            assertThat(first).isPositive();
            assertThat(perToken).isPositive();
            assertThat(first + 40 * perToken).isBetween(0.99 * duration, 1.01 * duration);
            assertThat(duration).isLessThanOrEqualTo(seconds);
            // An answer of one token has no time per token after it.
            mini.submit(Asked.of(PICTURE).endless(1)).summary();
            assertThat(timer(mini, "gen_ai.server.time_per_output_token").count())
                    .isEqualTo(1);
            assertThat(timer(mini, "gen_ai.server.time_to_first_token").count()).isEqualTo(2);
        }
    }

    @Test
    void tellsWhatFailedAndWhy() {
        try (PargoMini mini = PargoMini.withSequences(1)) {
            mini.submit(Asked.of(PICTURE).endless(2)).summary();
            mini.submit(Asked.of(PICTURE).timeout(Duration.ZERO)).failure();
            assertThat(requests(mini, "")).isEqualTo(1);
            assertThat(requests(mini, "DEADLINE_EXCEEDED")).isEqualTo(1);
        }
    }

    private static long requests(PargoMini mini, String errorType) {
        return mini.meters
                .get("gen_ai.server.request.duration")
                .tags("gen_ai.operation.name", "text_completion", "gen_ai.provider.name", "pargo")
                .tags("gen_ai.request.model", "pargo-mini", "gen_ai.response.model", "pargo-mini")
                .tag("error.type", errorType)
                .timer()
                .count();
    }

    private static double gauge(PargoMini mini, String name) {
        return mini.meters.get(name).gauge().value();
    }

    private static double counter(PargoMini mini, String name, String tag, String value) {
        return mini.meters.get(name).tag(tag, value).counter().count();
    }

    private static Timer timer(PargoMini mini, String name) {
        return mini.meters.get(name).tag("gen_ai.request.model", "pargo-mini").timer();
    }

    private static double total(PargoMini mini, String name) {
        return timer(mini, name).totalTime(TimeUnit.SECONDS);
    }
}
