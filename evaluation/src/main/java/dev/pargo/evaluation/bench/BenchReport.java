package dev.pargo.evaluation.bench;

import dev.pargo.evaluation.report.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The tables of a load test. */
record BenchReport(List<Measurement> measurements, Slo slo) {

    /** Rates and latency percentiles. */
    TextTable latencies() {
        TextTable table = new TextTable(List.of(
                "endpoint",
                "load",
                "ok",
                "refused",
                "failed",
                "in",
                "cached",
                "out",
                "req/s",
                "tok/s",
                "TTFT p50",
                "p90",
                "p99",
                "TPOT p50",
                "p90",
                "p99",
                "total p50",
                "p90",
                "p99",
                "goodput"));
        for (Measurement one : measurements) {
            List<String> row = new ArrayList<>(List.of(
                    one.target().name(),
                    one.level().label(),
                    String.valueOf(one.answered()),
                    String.valueOf(one.refused()),
                    String.valueOf(one.failed()),
                    format("%.0f", one.meanPromptTokens()),
                    format("%.0f", one.meanCachedTokens()),
                    format("%.0f", one.meanAnswerTokens()),
                    format("%.2f", one.requestsPerSecond()),
                    format("%.1f", one.tokensPerSecond())));
            addPercentiles(one.firstToken(), row);
            addPercentiles(one.perToken(), row);
            addPercentiles(one.total(), row);
            row.add(format("%.2f", one.goodput()));
            table.row(row);
        }
        return table;
    }

    /** Where the server spent its time; empty if no endpoint reports it. */
    Optional<TextTable> stages() {
        TextTable table = new TextTable(List.of(
                "endpoint",
                "load",
                "queue",
                "encode",
                "project",
                "prefill",
                "decode",
                "total",
                "in networks",
                "outside"));
        for (Measurement one : measurements) {
            one.stages()
                    .ifPresent(stages -> table.row(List.of(
                            one.target().name(),
                            one.level().label(),
                            millis(stages.queueMs()),
                            millis(stages.encodeMs()),
                            millis(stages.projectMs()),
                            millis(stages.prefillMs()),
                            millis(stages.decodeMs()),
                            millis(stages.totalMs()),
                            millis(stages.networkMs()),
                            format("%.1f %%", 100 * stages.outsideShare()))));
        }
        return table.rows().size() > 1 ? Optional.of(table) : Optional.empty();
    }

    /** How to read {@link #latencies()}. */
    String legend() {
        return format(
                "Times in ms. TTFT: time to first token. TPOT: time per output token after the first. Load: requests in"
                        + " flight, or arrivals per second. In, cached, out: mean tokens of a prompt, of its cached part,"
                        + " and of an answer. Goodput: answers per second with TTFT <= %.0f ms and TPOT <= %.0f ms.",
                slo.firstTokenMs(), slo.perTokenMs());
    }

    private static void addPercentiles(Distribution distribution, List<String> row) {
        row.add(millis(distribution.p50()));
        row.add(millis(distribution.p90()));
        row.add(millis(distribution.p99()));
    }

    private static String millis(double value) {
        return format("%.1f", value);
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
