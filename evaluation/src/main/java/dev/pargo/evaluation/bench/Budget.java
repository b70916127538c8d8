package dev.pargo.evaluation.bench;

import java.time.Duration;

/**
 * When a level has been measured enough: after so many requests, or when none is started any more.
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

    /** The share of one of several rounds. */
    Budget split(int rounds) {
        return isTimed() ? time(time.dividedBy(rounds)) : requests(Math.max(1, requests / rounds));
    }
}
