package dev.pargo.evaluation.bench;

import dev.pargo.evaluation.client.StageTimes;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * Where the time of requests went on the server; means in milliseconds, which add up.
 *
 * @param queueMs      waiting for a device, in all stages
 * @param encodeMs     image to features
 * @param projectMs    features to visual tokens
 * @param prefillMs    visual tokens and text to first token
 * @param decodeMs     first token to last
 * @param totalMs      the whole request
 * @param networkMs    forward passes of all stages
 * @param outsideShare share of the total that is not spent in forward passes, from 0 to 1
 */
record StageShares(
        double queueMs,
        double encodeMs,
        double projectMs,
        double prefillMs,
        double decodeMs,
        double totalMs,
        double networkMs,
        double outsideShare) {

    /** Empty if the endpoint reports no times of its stages. */
    static Optional<StageShares> of(List<Sample> samples) {
        List<StageTimes> times =
                samples.stream().flatMap(sample -> sample.stages().stream()).toList();
        if (times.isEmpty()) {
            return Optional.empty();
        }
        double total = mean(times, StageTimes::totalMs);
        double network = mean(times, StageTimes::networkMs);
        return Optional.of(new StageShares(
                mean(times, StageTimes::queueMs),
                mean(times, StageTimes::encodeMs),
                mean(times, StageTimes::projectMs),
                mean(times, StageTimes::prefillMs),
                mean(times, StageTimes::decodeMs),
                total,
                network,
                1 - network / total));
    }

    private static double mean(List<StageTimes> times, ToDoubleFunction<StageTimes> part) {
        return times.stream().mapToDouble(part).average().orElse(0);
    }
}
