package dev.pargo.gateway.inference;

import dev.pargo.proto.v1.GenerationReport;
import dev.pargo.proto.v1.StageReport;
import java.util.concurrent.TimeUnit;

/** Adds up the times of a request before the LLM begins to write. Confined to the request's thread. */
public final class Timings {

    private long queueNanos;
    private long encodeNanos;
    private long projectNanos;
    private long networkMicros;
    private int reusedImages;

    void encoded(long nanos, StageReport report) {
        encodeNanos += nanos - add(report);
    }

    void projected(long nanos, StageReport report) {
        projectNanos += nanos - add(report);
    }

    /** Records an image whose visual tokens this request did not compute. Waiting for them counts as encoding. */
    void reused(long nanos) {
        encodeNanos += nanos;
        reusedImages++;
    }

    void generated(GenerationReport report) {
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
