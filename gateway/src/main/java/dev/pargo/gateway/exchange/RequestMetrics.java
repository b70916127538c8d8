package dev.pargo.gateway.exchange;

import dev.pargo.gateway.error.Outcome;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import org.springframework.stereotype.Component;

/**
 * Counts how requests end, and how long they take. Names and attributes follow OpenTelemetry's semantic conventions for
 * generative AI as far as these exist; see {@code docs/metrics.md}.
 */
@Component
public final class RequestMetrics {

    private final MeterRegistry registry;

    RequestMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /**
     * One request has ended.
     *
     * @param operation the operation of its route
     * @param model     the pipeline's name, or empty; never a client's text, because the number of label values must be
     *              bounded
     */
    public void recordEnd(Outcome outcome, String operation, String model, Duration total) {
        record(
                "gen_ai.server.request.duration",
                operation(operation, model).and("error.type", outcome == Outcome.OK ? "" : outcome.tag()),
                total);
    }

    /**
     * Records the times of an answered request.
     *
     * @param tokens average number of tokens of an answer
     */
    void recordAnswer(String operation, String model, TimingsMillis timings, double tokens) {
        record("gen_ai.server.time_to_first_token", operation(operation, model), millis(timings.timeToFirstTokenMs()));
        if (tokens > 1) {
            record(
                    "gen_ai.server.time_per_output_token",
                    operation(operation, model),
                    millis(timings.decodeMs() / (tokens - 1)));
        }
        Tags stages = Tags.of("model", model);
        record("pargo.gateway.queue", stages, millis(timings.queueMs()));
        record("pargo.gateway.network", stages, millis(timings.networkMs()));
        if (timings.encodeMs() > 0) {
            record("pargo.gateway.encode", stages, millis(timings.encodeMs()));
            record("pargo.gateway.project", stages, millis(timings.projectMs()));
        }
    }

    private static Tags operation(String operation, String model) {
        return Tags.of(
                "gen_ai.operation.name",
                operation,
                "gen_ai.provider.name",
                "pargo",
                "gen_ai.request.model",
                model,
                "gen_ai.response.model",
                model);
    }

    private void record(String name, Tags tags, Duration time) {
        Timer.builder(name)
                .tags(tags)
                .publishPercentileHistogram()
                .register(registry)
                .record(time);
    }

    private static Duration millis(double millis) {
        return Duration.ofNanos((long) (millis * 1e6));
    }
}
