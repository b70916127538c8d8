package dev.pargo.stage.status;

import dev.pargo.stage.admission.Admission;
import io.grpc.StatusRuntimeException;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** The meters of a stage: {@code pargo.stage.*}, each with the tag {@code stage}. Thread-safe. */
public final class StageMetrics {

    /** How a request ended. */
    public enum Outcome {
        /** Answered completely. */
        COMPLETED,
        /** Refused because the request is invalid. */
        REFUSED,
        /** Refused because the stage was full or shutting down. */
        REJECTED,
        /** Cancelled by the client, or past its deadline. */
        CANCELLED,
        /** The stage failed. */
        FAILED;

        /** The outcome of a request that ends with this status. */
        public static Outcome of(StatusRuntimeException status) {
            return switch (status.getStatus().getCode()) {
                case INVALID_ARGUMENT, NOT_FOUND -> REFUSED;
                case RESOURCE_EXHAUSTED, UNAVAILABLE -> REJECTED;
                case CANCELLED, DEADLINE_EXCEEDED -> CANCELLED;
                default -> FAILED;
            };
        }
    }

    /** Histogram buckets, 1 ms to 10 s. */
    private static final Duration[] BUCKETS = IntStream.of(
                    1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)
            .mapToObj(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final MeterRegistry registry;
    private final Tags stage;
    private final DistributionSummary batchSize;
    private final Timer queueTime;
    private final Timer networkTime;

    /**
     * @param stage value of the tag: {@code encoder}, {@code projector} or {@code llm}
     */
    public StageMetrics(MeterRegistry registry, String stage) {
        this.registry = registry;
        this.stage = Tags.of("stage", stage);
        this.batchSize = DistributionSummary.builder("pargo.stage.batch.size")
                .description("Requests in one forward pass")
                .tags(this.stage)
                .serviceLevelObjectives(1, 2, 4, 8, 16, 32, 64)
                .register(registry);
        this.queueTime = Timer.builder("pargo.stage.queue.time")
                .description("From submission to the start of the forward pass")
                .tags(this.stage)
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
        this.networkTime = Timer.builder("pargo.stage.network.time")
                .description("One forward pass")
                .tags(this.stage)
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }

    /** Registers the gauge of requests that wait for a forward pass. */
    public void watchQueue(Supplier<Number> queued) {
        gauge("pargo.stage.queue.depth", "Requests that wait for a forward pass", queued);
    }

    /** Registers the gauges of what has been admitted. */
    public void watchAdmission(Admission admission) {
        gauge("pargo.stage.admitted", "Requests inside the stage", admission::requests);
        gauge("pargo.stage.admitted.bytes", "Bytes held by the requests inside the stage", admission::bytes);
    }

    /** Counts a forward pass. */
    public void recordStep(int size, long nanos) {
        batchSize.record(size);
        networkTime.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** Counts one request's wait. */
    public void recordWait(long nanos) {
        queueTime.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** Counts a request that is over. */
    public void countEnd(Outcome outcome) {
        registry.counter(
                        "pargo.stage.requests",
                        stage.and("outcome", outcome.name().toLowerCase(Locale.ROOT)))
                .increment();
    }

    private void gauge(String name, String description, Supplier<Number> value) {
        Gauge.builder(name, value).description(description).tags(stage).register(registry);
    }
}
