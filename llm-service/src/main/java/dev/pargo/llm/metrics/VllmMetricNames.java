package dev.pargo.llm.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The engine's load under vLLM's metric names, which llm-d and the Gateway API Inference Extension read to choose a
 * replica. Micrometer cannot write a colon into a name, so these are given to the Prometheus registry itself. Each
 * value is read from the corresponding meter at every scrape. Thread-safe.
 *
 * <p>Source of the names: {@code vllm/v1/metrics/loggers.py}.
 */
@Component
final class VllmMetricNames implements MultiCollector {

    /** The label by which vLLM names the model. */
    private static final String MODEL = "model_name";

    private static final List<Alias> ALIASES = List.of(
            Alias.gauge("vllm:num_requests_running", "pargo.llm.requests.running"),
            Alias.gauge("vllm:num_requests_waiting", "pargo.llm.requests.waiting"),
            Alias.gauge("vllm:kv_cache_usage_perc", "pargo.llm.kv.utilization"),
            Alias.counter("vllm:prefix_cache_queries", "pargo.llm.prefix.queries", null),
            Alias.counter("vllm:prefix_cache_hits", "pargo.llm.prefix.hits", null),
            Alias.counter("vllm:num_preemptions", "pargo.llm.suspensions", null),
            Alias.counter("vllm:prompt_tokens", "pargo.llm.tokens", "in"),
            Alias.counter("vllm:generation_tokens", "pargo.llm.tokens", "out"));

    private final MeterRegistry meters;

    VllmMetricNames(MeterRegistry meters, PrometheusRegistry prometheus) {
        this.meters = meters;
        prometheus.register(this);
    }

    @Override
    public MetricSnapshots collect() {
        return new MetricSnapshots(ALIASES.stream().flatMap(this::snapshot).toList());
    }

    private Stream<MetricSnapshot> snapshot(Alias alias) {
        return meters.find(alias.meter()).meters().stream()
                .filter(meter -> alias.direction() == null
                        || alias.direction().equals(meter.getId().getTag("direction")))
                .limit(1)
                .map(alias::snapshot);
    }

    /**
     * One name of vLLM's.
     *
     * @param meter     the corresponding meter
     * @param direction the meter's tag, if several meters have that name
     */
    private record Alias(
            String name, String meter, @Nullable String direction, boolean counts) {

        static Alias gauge(String name, String meter) {
            return new Alias(name, meter, null, false);
        }

        static Alias counter(String name, String meter, @Nullable String direction) {
            return new Alias(name, meter, direction, true);
        }

        MetricSnapshot snapshot(Meter source) {
            double value = source.measure().iterator().next().getValue();
            @Nullable String model = source.getId().getTag("gen_ai.request.model");
            Labels labels = Labels.of(MODEL, model == null ? "" : model);
            String help = "As %s".formatted(meter.replace('.', '_'));
            if (counts) {
                return CounterSnapshot.builder()
                        .name(name)
                        .help(help)
                        .dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                                .labels(labels)
                                .value(value)
                                .build())
                        .build();
            }
            return GaugeSnapshot.builder()
                    .name(name)
                    .help(help)
                    .dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                            .labels(labels)
                            .value(value)
                            .build())
                    .build();
        }
    }
}
