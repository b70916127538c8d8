package dev.pargo.llm.engine;

import io.grpc.Status;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;

/**
 * The engine's meters, as {@code docs/metrics.md} describes them. Meters that OpenTelemetry's semantic conventions for
 * generative AI define have their names, attributes and buckets. Thread-safe.
 *
 * <p>KV utilization is the share of the KV cache's pages that running answers use. Pages that only keep earlier prompts
 * do not count, because they are evicted when they are needed. Near 1 requests wait or are suspended.
 */
public final class EngineMetrics {

    // The conventions' buckets, in seconds.
    private static final double[] FIRST_TOKEN = {
        0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10
    };
    private static final double[] PER_TOKEN = {
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5
    };
    private static final double[] DURATION = {
        0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92
    };

    /** Prometheus treats an empty label as absent, which the conventions require. */
    private static final String NO_ERROR = "";

    private final MeterRegistry registry;
    private final Tags model;
    private final Tags operation;
    private final Timer firstToken;
    private final Timer perToken;
    private final Counter prefixQueries;
    private final Counter prefixHits;
    private final Counter tokensIn;
    private final Counter tokensOut;
    private final Counter draftsAccepted;
    private final Counter suspensions;
    private final Counter preemptions;

    private volatile int suspended;
    private volatile long evictions;
    private volatile Supplier<Number> running = () -> 0;
    private volatile Supplier<Number> utilization = () -> 0;

    /** @param model name of the bundle */
    public EngineMetrics(MeterRegistry registry, String model) {
        this.registry = registry;
        this.model = Tags.of("gen_ai.request.model", model);
        this.operation = this.model.and(
                "gen_ai.operation.name", "text_completion",
                "gen_ai.provider.name", "pargo",
                "gen_ai.response.model", model);
        this.firstToken = timer("gen_ai.server.time_to_first_token", "Until the first token", FIRST_TOKEN, operation);
        this.perToken = timer("gen_ai.server.time_per_output_token", "Per token after the first", PER_TOKEN, operation);
        this.prefixQueries = counter("pargo.llm.prefix.queries", "Tokens looked for in the KV cache", Tags.empty());
        this.prefixHits = counter("pargo.llm.prefix.hits", "Tokens found in the KV cache", Tags.empty());
        this.tokensIn = counter("pargo.llm.tokens", "Tokens of prompts and answers", Tags.of("direction", "in"));
        this.tokensOut = counter("pargo.llm.tokens", "Tokens of prompts and answers", Tags.of("direction", "out"));
        this.draftsAccepted = counter("pargo.llm.drafts.accepted", "Drafted tokens that were accepted", Tags.empty());
        this.suspensions =
                counter("pargo.llm.suspensions", "Suspensions of running requests for other clients", Tags.empty());
        this.preemptions = counter(
                "pargo.llm.preemptions", "Suspensions of running requests because the KV cache was full", Tags.empty());
        FunctionCounter.builder("pargo.llm.kv.evictions", this, own -> own.evictions)
                .description("Pages of the KV cache whose content was given up for other content")
                .tags(this.model)
                .register(registry);
        duration(NO_ERROR);
        gauge("pargo.llm.requests.running", "Requests in the batch", () -> running.get());
        gauge("pargo.llm.requests.suspended", "Requests that have started and wait to continue", () -> suspended);
        gauge(
                "pargo.llm.kv.utilization",
                "Share of the KV cache's pages that running answers use",
                () -> utilization.get());
    }

    /** Shows how many requests wait to be admitted. */
    public void watchQueue(Supplier<Number> requests) {
        gauge("pargo.llm.requests.waiting", "Requests that wait to be admitted", requests);
    }

    /**
     * Shows the running batch from now on.
     *
     * @param evictions of pages so far
     */
    void showBatch(int requests, int suspended, double utilization, long evictions) {
        watchBatch(() -> requests, () -> utilization);
        this.suspended = suspended;
        this.evictions = evictions;
    }

    /** Shows the running batch of somebody else from now on. */
    public void watchBatch(Supplier<Number> requests, Supplier<Number> utilization) {
        this.running = requests;
        this.utilization = utilization;
    }

    /** Counts a prompt that joins. */
    public void countPrompt(int promptTokens, int cachedTokens) {
        tokensIn.increment(promptTokens);
        prefixQueries.increment(promptTokens);
        prefixHits.increment(cachedTokens);
    }

    /** Counts a running request that is suspended for others. */
    void countSuspension() {
        suspensions.increment();
    }

    /** Counts a running request that is suspended because the KV cache is full. */
    void countPreemption() {
        preemptions.increment();
    }

    /** Counts the tokens of a request that leaves, however it ends. */
    public void countWritten(int tokens) {
        tokensOut.increment(tokens);
    }

    /** Wraps a listener and measures the times of its request. */
    public GenerationListener measure(GenerationRequest request, GenerationListener listener) {
        long submitted = System.nanoTime();
        return new GenerationListener() {
            @Override
            public void onStarted() {
                listener.onStarted();
            }

            @Override
            public void onText(Piece piece) {
                if (piece.reason() != null) {
                    String reason = piece.reason().name().toLowerCase(Locale.ROOT);
                    counter("pargo.llm.answers", "Complete answers", Tags.of("reason", reason))
                            .increment();
                }
                listener.onText(piece);
            }

            @Override
            public void onFinished(GenerationSummary summary) {
                recordTimes(request, summary);
                listener.onFinished(summary);
            }

            @Override
            public void onFailed(RuntimeException failure) {
                duration(Status.fromThrowable(failure).getCode().name())
                        .record(System.nanoTime() - submitted, TimeUnit.NANOSECONDS);
                listener.onFailed(failure);
            }
        };
    }

    private void recordTimes(GenerationRequest request, GenerationSummary summary) {
        long untilFirst = summary.queue() + summary.prefill();
        firstToken.record(untilFirst, TimeUnit.NANOSECONDS);
        duration(NO_ERROR).record(untilFirst + summary.decode(), TimeUnit.NANOSECONDS);
        draftsAccepted.increment(summary.draftTokens());
        double afterFirst = (double) summary.tokens() / request.choices() - 1;
        if (afterFirst > 0) {
            perToken.record((long) (summary.decode() / afterFirst), TimeUnit.NANOSECONDS);
        }
    }

    private Timer duration(String errorType) {
        return timer(
                "gen_ai.server.request.duration",
                "Until the last token",
                DURATION,
                operation.and("error.type", errorType));
    }

    private Timer timer(String name, String description, double[] buckets, Tags tags) {
        return Timer.builder(name)
                .description(description)
                .tags(tags)
                .serviceLevelObjectives(DoubleStream.of(buckets)
                        .mapToObj(seconds -> Duration.ofNanos(Math.round(seconds * 1e9)))
                        .toArray(Duration[]::new))
                .register(registry);
    }

    private Counter counter(String name, String description, Tags tags) {
        return Counter.builder(name)
                .description(description)
                .tags(model.and(tags))
                .register(registry);
    }

    private void gauge(String name, String description, Supplier<Number> value) {
        Gauge.builder(name, value).description(description).tags(model).register(registry);
    }
}
