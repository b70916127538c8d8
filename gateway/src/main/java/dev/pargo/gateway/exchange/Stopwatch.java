package dev.pargo.gateway.exchange;

/** The times of one request, in nanoseconds. Confined to the request's thread. */
final class Stopwatch {

    private final long start = System.nanoTime();
    private long firstToken;
    private long end;

    /** Time until now. */
    long elapsed() {
        return System.nanoTime() - start;
    }

    /** Call it with every piece of the answer. */
    void token() {
        if (firstToken == 0) {
            firstToken = System.nanoTime();
        }
    }

    void stop() {
        end = System.nanoTime();
        token();
    }

    long toFirstToken() {
        return firstToken - start;
    }

    long decoding() {
        return end - firstToken;
    }

    long total() {
        return end - start;
    }
}
