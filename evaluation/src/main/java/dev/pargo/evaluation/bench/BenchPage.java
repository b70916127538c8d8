package dev.pargo.evaluation.bench;

import dev.pargo.evaluation.report.Html;
import dev.pargo.evaluation.report.LineChart;
import dev.pargo.evaluation.report.LineChart.Series;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** The results of a load test as an HTML page with plots. */
final class BenchPage {

    private final BenchReport report;
    private final String workload;
    private final List<String> loads;
    private final List<TestedEndpoint> targets;

    /**
     * @param workload description of the requests
     */
    BenchPage(BenchReport report, String workload) {
        this.report = report;
        this.workload = workload;
        this.loads = report.measurements().stream()
                .map(one -> one.level().label())
                .distinct()
                .toList();
        this.targets = report.measurements().stream()
                .map(Measurement::target)
                .distinct()
                .toList();
    }

    String toHtml() {
        StringBuilder body = new StringBuilder();
        body.append("<p class=\"note\">%s</p>\n".formatted(Html.escape(workload)));
        body.append("<div class=\"charts\">\n");
        Stream.of(
                        chart("Output tokens per second", Measurement::tokensPerSecond),
                        chart("Good answers per second", Measurement::goodput),
                        percentiles("Time to first token, ms", Measurement::firstToken),
                        percentiles("Time per output token, ms", Measurement::perToken))
                .map(LineChart::toSvg)
                .forEach(body::append);
        body.append("</div>\n");
        table(body, "Latencies", report.latencies().toHtml());
        body.append("<p class=\"note\">%s</p>\n".formatted(Html.escape(report.legend())));
        report.stages()
                .ifPresent(stages -> table(body, "Where the time goes on the server (means, ms)", stages.toHtml()));
        return Html.page("Load test", body.toString());
    }

    private LineChart chart(String title, ToDoubleFunction<Measurement> value) {
        return new LineChart(
                title,
                "load",
                loads,
                targets.stream().map(target -> series(target, "", value)).toList());
    }

    private LineChart percentiles(String title, java.util.function.Function<Measurement, Distribution> distribution) {
        return new LineChart(
                title,
                "load",
                loads,
                targets.stream()
                        .flatMap(target -> Stream.of(
                                series(
                                        target,
                                        " p50",
                                        one -> distribution.apply(one).p50()),
                                series(
                                        target,
                                        " p99",
                                        one -> distribution.apply(one).p99())))
                        .toList());
    }

    private Series series(TestedEndpoint target, String suffix, ToDoubleFunction<Measurement> value) {
        return new Series(
                target.name() + suffix,
                report.measurements().stream()
                        .filter(one -> one.target().equals(target))
                        .map(value::applyAsDouble)
                        .toList());
    }

    private static void table(StringBuilder body, String title, String html) {
        body.append("<h2>%s</h2>\n%s".formatted(Html.escape(title), html));
    }
}
