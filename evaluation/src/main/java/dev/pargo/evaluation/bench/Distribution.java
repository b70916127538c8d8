package dev.pargo.evaluation.bench;

import java.util.Arrays;
import java.util.stream.DoubleStream;

/** Percentiles, interpolated between neighbours as numpy does by default, and the mean; 0 where there is no value. */
public record Distribution(double mean, double p50, double p90, double p99) {

    public static Distribution of(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        return new Distribution(
                Arrays.stream(sorted).average().orElse(0),
                percentile(sorted, 0.5),
                percentile(sorted, 0.9),
                percentile(sorted, 0.99));
    }

    private static double percentile(double[] sorted, double share) {
        if (sorted.length == 0) {
            return 0;
        }
        double rank = share * (sorted.length - 1);
        int below = (int) rank;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (rank - below) * (sorted[above] - sorted[below]);
    }
}
