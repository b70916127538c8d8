package dev.pargo.gateway.inference;

/** Adds up where a request's time went before the LLM wrote. Confined to the request's thread. */
public final class Timings {

    private long encodeNanos;
    private long projectNanos;
    private long networkMicros;

    void encoded(long nanos, long micros) {
        encodeNanos += nanos;
        networkMicros += micros;
    }

    void projected(long nanos, long micros) {
        projectNanos += nanos;
        networkMicros += micros;
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

    /** Forward passes of all stages, as they report them. */
    public long networkMicros() {
        return networkMicros;
    }
}
