package dev.pargo.stage.admission;

import java.time.Duration;

/**
 * Exponential moving average of how long something took lately, from which a stage estimates when a refused request may
 * come back. Thread-safe; one thread adds.
 */
public final class RecentTime {

    private static final double NEWEST_WEIGHT = 0.2;

    private volatile double nanos;

    public void add(long measured) {
        nanos = nanos == 0 ? measured : nanos + NEWEST_WEIGHT * (measured - nanos);
    }

    /** Zero before the first measurement. */
    public Duration average() {
        return Duration.ofNanos((long) nanos);
    }
}
