package dev.pargo.gateway.chat;

import dev.pargo.gateway.error.Outcome;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import org.springframework.stereotype.Component;

/** Counts how requests end, and how long they take. */
@Component
final class ChatMetrics {

    private final MeterRegistry registry;

    ChatMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /**
     * One request has ended.
     *
     * @param model the pipeline's name, or {@code none}: never what a client wrote, which would be without bound
     */
    void ended(Outcome outcome, String model, Duration total) {
        Timer.builder("pargo.gateway.requests")
                .description("Chat requests by their one terminal state")
                .tag("outcome", outcome.tag())
                .tag("model", model)
                .publishPercentileHistogram()
                .register(registry)
                .record(total);
    }

    /** A request has been answered: where its time went. */
    void answered(String model, ChatResponse.TimingsMillis timings) {
        record("time.to.first.token", model, timings.timeToFirstTokenMs());
        record("decode", model, timings.decodeMs());
        record("network", model, timings.networkMs());
        if (timings.encodeMs() > 0) {
            record("encode", model, timings.encodeMs());
            record("project", model, timings.projectMs());
        }
    }

    private void record(String name, String model, double millis) {
        Timer.builder("pargo.gateway." + name)
                .tag("model", model)
                .register(registry)
                .record(Duration.ofNanos((long) (millis * 1e6)));
    }
}
