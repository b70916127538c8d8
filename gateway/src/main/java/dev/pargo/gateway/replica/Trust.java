package dev.pargo.gateway.replica;

import java.util.concurrent.TimeUnit;

/**
 * Records whether a replica's calls succeed. After several failures in a row, other replicas are preferred for a time
 * that doubles with every further failure. Thread-safe.
 */
final class Trust {

    private static final int FAILURES = 3;
    private static final long FIRST_REST_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final int MOST_DOUBLINGS = 5;

    private int failures;
    private long restsUntil;

    synchronized void recordSuccess() {
        failures = 0;
    }

    synchronized void recordFailure(long now) {
        failures++;
        if (failures >= FAILURES) {
            restsUntil = now + (FIRST_REST_NANOS << Math.min(MOST_DOUBLINGS, failures - FAILURES));
        }
    }

    synchronized boolean rests(long now) {
        return failures >= FAILURES && now - restsUntil < 0;
    }
}
