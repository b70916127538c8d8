package dev.pargo.gateway.inference;

import dev.pargo.proto.v1.GenerationReport;
import dev.pargo.proto.v1.StageReport;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Adds up the times of a request, or of one of its pictures, before the LLM begins to write. Not thread-safe. */
public final class Timings {

    private long queueNanos;
    private long encodeNanos;
    private long projectNanos;
    private long networkMicros;
    private int reusedImages;

    void recordEncoding(long nanos, StageReport report) {
        encodeNanos += nanos - add(report);
    }

    void recordProjection(long nanos, StageReport report) {
        projectNanos += nanos - add(report);
    }

    /** Records an image whose visual tokens this request did not compute. Waiting for them counts as encoding. */
    void recordReuse(long nanos) {
        encodeNanos += nanos;
        reusedImages++;
    }

    /**
     * Adds the times of pictures that were worked on at once. They are reduced by as much as they overlapped, so that
     * the parts of a request's time add up to the whole.
     *
     * @param nanos from the beginning of the first to the end of the last
     */
    void addAll(List<Timings> pictures, long nanos) {
        long sum = pictures.stream()
                .mapToLong(each -> each.queueNanos + each.encodeNanos + each.projectNanos)
                .sum();
        double share = sum > nanos ? (double) nanos / sum : 1;
        for (Timings each : pictures) {
            queueNanos += Math.round(share * each.queueNanos);
            encodeNanos += Math.round(share * each.encodeNanos);
            projectNanos += Math.round(share * each.projectNanos);
            networkMicros += Math.round(share * each.networkMicros);
            reusedImages += each.reusedImages;
        }
    }

    void recordGeneration(GenerationReport report) {
        queueNanos += TimeUnit.MICROSECONDS.toNanos(report.getQueueMicros());
        networkMicros += report.getNetworkMicros();
    }

    /** Returns the time in the stage's queue. */
    private long add(StageReport report) {
        long queued = TimeUnit.MICROSECONDS.toNanos(report.getQueueMicros());
        queueNanos += queued;
        networkMicros += report.getNetworkMicros();
        return queued;
    }

    /** Waiting for a device, in all stages, as they report it. Not part of the other times. */
    public long queueNanos() {
        return queueNanos;
    }

    /** Encoding of all images, as measured in the gateway. */
    public long encodeNanos() {
        return encodeNanos;
    }

    /** From the end of the encoding to the last visual token, over all images. */
    public long projectNanos() {
        return projectNanos;
    }

    /** Number of images whose visual tokens were cached, or computed for another request. */
    public int reusedImages() {
        return reusedImages;
    }

    /** Forward passes of all stages, as they report them. */
    public long networkMicros() {
        return networkMicros;
    }
}
