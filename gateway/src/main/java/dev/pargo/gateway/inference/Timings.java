package dev.pargo.gateway.inference;

/** Adds up what a request took before the LLM wrote. Confined to the request's thread. */
public final class Timings {

    private long encodeNanos;
    private long projectNanos;
    private long networkMicros;
    private int reusedImages;

    void encoded(long nanos, long micros) {
        encodeNanos += nanos;
        networkMicros += micros;
    }

    void projected(long nanos, long micros) {
        projectNanos += nanos;
        networkMicros += micros;
    }

    /** An image's visual tokens came from elsewhere; waiting for them counts as encoding. */
    void reused(long nanos) {
        encodeNanos += nanos;
        reusedImages++;
    }

    void generated(long micros) {
        networkMicros += micros;
    }

    /** Encoding of all images, seen from here. */
    public long encodeNanos() {
        return encodeNanos;
    }

    /** From the end of the encoding to the last visual token, over all images. */
    public long projectNanos() {
        return projectNanos;
    }

    /** Images whose visual tokens were known, or made by another request. */
    public int reusedImages() {
        return reusedImages;
    }

    /** Forward passes of all stages, as they report them. */
    public long networkMicros() {
        return networkMicros;
    }
}
