package dev.pargo.evaluation.bench;

import java.time.Duration;

/**
 * When the measurement of a level ends: after a number of requests, or after a time.
 *
 * @param requests most requests
 * @param time     time in which requests are started
 */
record Budget(int requests, Duration time) {

    private static final Duration UNLIMITED = Duration.ofDays(1);

    static Budget requests(int requests) {
        return new Budget(requests, UNLIMITED);
    }

    static Budget time(Duration time) {
        return new Budget(Integer.MAX_VALUE, time);
    }

    boolean isTimed() {
        return requests == Integer.MAX_VALUE;
    }

    /** The budget of one of several rounds. */
    Budget split(int rounds) {
        return isTimed() ? time(time.dividedBy(rounds)) : requests(Math.max(1, requests / rounds));
    }
}
