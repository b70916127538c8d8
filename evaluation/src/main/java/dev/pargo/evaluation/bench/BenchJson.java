package dev.pargo.evaluation.bench;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The results of a load test as JSON; all times in milliseconds.
 *
 * @param workload description of the requests
 */
record BenchJson(String started, String workload, Slo slo, List<Run> runs) {

    /** One endpoint under one load. */
    @JsonInclude(Include.NON_NULL)
    record Run(
            String endpoint,
            String model,
            String url,
            String load,
            double seconds,
            int answered,
            int refused,
            int failed,
            double requestsPerSecond,
            double tokensPerSecond,
            double goodputPerSecond,
            Distribution timeToFirstTokenMs,
            Distribution timePerOutputTokenMs,
            Distribution totalMs,
            @Nullable StageShares stages,
            List<Request> requests) {

        static Run of(Measurement one) {
            return new Run(
                    one.target().name(),
                    one.target().model(),
                    one.target().client().base(),
                    one.level().label(),
                    one.seconds(),
                    one.answered(),
                    one.refused(),
                    one.failed(),
                    one.requestsPerSecond(),
                    one.tokensPerSecond(),
                    one.goodput(),
                    one.firstToken(),
                    one.perToken(),
                    one.total(),
                    one.stages().orElse(null),
                    one.samples().stream().map(Request::of).toList());
        }
    }

    /** One request. */
    @JsonInclude(Include.NON_NULL)
    record Request(
            double timeToFirstTokenMs,
            double timePerOutputTokenMs,
            double totalMs,
            int promptTokens,
            int cachedTokens,
            int completionTokens,
            @Nullable String error) {

        static Request of(Sample sample) {
            return new Request(
                    sample.firstTokenMs(),
                    sample.perTokenMs(),
                    sample.totalMs(),
                    sample.promptTokens(),
                    sample.cachedTokens(),
                    sample.tokens(),
                    sample.error());
        }
    }

    static BenchJson of(String started, String workload, BenchReport report) {
        return new BenchJson(
                started,
                workload,
                report.slo(),
                report.measurements().stream().map(Run::of).toList());
    }
}
