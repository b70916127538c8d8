package dev.pargo.llm.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The engine's load and its requests' times under vLLM's metric names, which llm-d, the Gateway API Inference Extension and
 * dashboards for vLLM read. Micrometer cannot write a colon into a name, so these are given to the Prometheus registry itself.
 * Each value is read from the corresponding meters at every scrape. Thread-safe.
 *
 * <p>Source of the names: {@code vllm/v1/metrics/loggers.py}.
 */
@Component
final class VllmMetricNames implements MultiCollector {

    /** The label by which vLLM names the model. */
    private static final String MODEL = "model_name";

    /** The label by which vLLM tells why an answer ended. */
    private static final String REASON = "finished_reason";

    private static final String PER_TOKEN = "gen_ai.server.time_per_output_token";

    private static final List<Alias> ALIASES = List.of(
            Alias.of("vllm:num_requests_running", "pargo.llm.requests.running"),
            Alias.of("vllm:num_requests_waiting", "pargo.llm.requests.waiting"),
            Alias.of("vllm:kv_cache_usage_perc", "pargo.llm.kv.utilization"),
            Alias.of("vllm:prefix_cache_queries", "pargo.llm.prefix.queries"),
            Alias.of("vllm:prefix_cache_hits", "pargo.llm.prefix.hits"),
            Alias.of("vllm:num_preemptions", "pargo.llm.preemptions"),
            Alias.of("vllm:prompt_tokens", "pargo.llm.tokens", "direction", "in"),
            Alias.of("vllm:generation_tokens", "pargo.llm.tokens", "direction", "out"),
            Alias.of("vllm:request_success", "pargo.llm.answers"),
            Alias.of("vllm:time_to_first_token_seconds", "gen_ai.server.time_to_first_token"),
            Alias.of("vllm:time_per_output_token_seconds", PER_TOKEN),
            Alias.of("vllm:inter_token_latency_seconds", PER_TOKEN),
            Alias.of("vllm:request_time_per_output_token_seconds", PER_TOKEN),
            Alias.of("vllm:e2e_request_latency_seconds", "gen_ai.server.request.duration", "error.type", ""));

    private final MeterRegistry meters;

    VllmMetricNames(MeterRegistry meters, PrometheusRegistry prometheus) {
        this.meters = meters;
        prometheus.register(this);
    }

    @Override
    public MetricSnapshots collect() {
        return new MetricSnapshots(
                ALIASES.stream().flatMap(alias -> alias.snapshot(meters)).toList());
    }

    /**
     * One name of vLLM's.
     *
     * @param meter name of the corresponding meters
     * @param only  tags that they must have
     */
    private record Alias(String name, String meter, Tags only) {

        static Alias of(String name, String meter, String... only) {
            return new Alias(name, meter, Tags.of(only));
        }

        /** Empty if no such meter is registered yet. */
        Stream<MetricSnapshot> snapshot(MeterRegistry registry) {
            Collection<Meter> meters = registry.find(meter).tags(only).meters();
            return meters.stream()
                    .limit(1)
                    .map(first -> first instanceof Timer
                            ? histogram(meters)
                            : first instanceof Counter ? counter(meters) : gauge(meters));
        }

        private MetricSnapshot gauge(Collection<Meter> meters) {
            GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help());
            meters.forEach(each -> gauge.dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                    .labels(labels(each))
                    .value(value(each))
                    .build()));
            return gauge.build();
        }

        private MetricSnapshot counter(Collection<Meter> meters) {
            CounterSnapshot.Builder counter =
                    CounterSnapshot.builder().name(name).help(help());
            meters.forEach(each -> counter.dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                    .labels(labels(each))
                    .value(value(each))
                    .build()));
            return counter.build();
        }

        private MetricSnapshot histogram(Collection<Meter> meters) {
            HistogramSnapshot.Builder histogram =
                    HistogramSnapshot.builder().name(name).help(help());
            for (Meter each : meters) {
                Timer timer = (Timer) each;
                histogram.dataPoint(HistogramSnapshot.HistogramDataPointSnapshot.builder()
                        .labels(labels(each))
                        .classicHistogramBuckets(buckets(timer))
                        .sum(timer.totalTime(TimeUnit.SECONDS))
                        .build());
            }
            return histogram.build();
        }

        /** Micrometer's counts are cumulative, these are not. */
        private static ClassicHistogramBuckets buckets(Timer timer) {
            io.micrometer.core.instrument.distribution.HistogramSnapshot taken = timer.takeSnapshot();
            ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
            long below = 0;
            for (CountAtBucket bucket : taken.histogramCounts()) {
                if (Double.isFinite(bucket.bucket())) {
                    long count = (long) bucket.count();
                    buckets.bucket(bucket.bucket(TimeUnit.SECONDS), count - below);
                    below = count;
                }
            }
            return buckets.bucket(Double.POSITIVE_INFINITY, Math.max(0, taken.count() - below))
                    .build();
        }

        private static double value(Meter meter) {
            return meter.measure().iterator().next().getValue();
        }

        private static Labels labels(Meter meter) {
            @Nullable String model = meter.getId().getTag("gen_ai.request.model");
            @Nullable String reason = meter.getId().getTag("reason");
            Labels labels = Labels.of(MODEL, model == null ? "" : model);
            return reason == null ? labels : labels.add(REASON, reason);
        }

        private String help() {
            return "As " + meter.replace('.', '_');
        }
    }
}
