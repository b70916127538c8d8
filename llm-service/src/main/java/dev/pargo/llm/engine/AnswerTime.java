package dev.pargo.llm.engine;

import java.time.Duration;

/** Moving average of the time from a request's admission to its last token. Thread-safe; one thread adds. */
final class AnswerTime {

    private static final double NEWEST_WEIGHT = 0.1;

    private volatile double averageNanos;

    void add(long nanos) {
        averageNanos = averageNanos == 0 ? nanos : averageNanos + NEWEST_WEIGHT * (nanos - averageNanos);
    }

    /** Zero before the first answer. */
    Duration average() {
        return Duration.ofNanos((long) averageNanos);
    }
}
