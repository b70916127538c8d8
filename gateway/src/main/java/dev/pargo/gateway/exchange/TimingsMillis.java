package dev.pargo.gateway.exchange;

import dev.pargo.gateway.inference.Timings;
import java.util.List;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * The parts of a request's time in milliseconds, as the gateway measures them.
 *
 * @param queueMs            waiting for a device, in all stages, as they report it; not part of the next two
 * @param encodeMs           images to features, for all images of the request; 0 for cached images
 * @param projectMs          from the end of the encoding to the last visual token
 * @param timeToFirstTokenMs from the request's arrival
 * @param decodeMs           from the first token to the last
 * @param networkMs          forward passes of all stages, as they report them
 */
@JsonNaming(SnakeCaseStrategy.class)
public record TimingsMillis(
        double queueMs,
        double encodeMs,
        double projectMs,
        double timeToFirstTokenMs,
        double decodeMs,
        double totalMs,
        double networkMs) {

    /** @param stages of all prompts */
    static TimingsMillis of(List<Timings> stages, Stopwatch watch) {
        return new TimingsMillis(
                millis(stages.stream().mapToLong(Timings::queueNanos).sum()),
                millis(stages.stream().mapToLong(Timings::encodeNanos).sum()),
                millis(stages.stream().mapToLong(Timings::projectNanos).sum()),
                millis(watch.toFirstToken()),
                millis(watch.decoding()),
                millis(watch.total()),
                stages.stream().mapToLong(Timings::networkMicros).sum() / 1e3);
    }

    private static double millis(long nanos) {
        return Math.round(nanos / 1e3) / 1e3;
    }
}
