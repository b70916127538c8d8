package dev.pargo.stage.admission;

import java.time.Duration;

/**
 * Exponential moving average of recent durations, from which a stage estimates when a refused request may be retried.
 * Any thread may read; only one may add.
 */
public final class RecentTime {

    private static final double NEWEST_WEIGHT = 0.2;

    private volatile double nanos;

    public void add(long measured) {
        nanos = nanos == 0 ? measured : nanos + NEWEST_WEIGHT * (measured - nanos);
    }

    /** The average; zero before the first measurement. */
    public Duration average() {
        return Duration.ofNanos((long) nanos);
    }
}
