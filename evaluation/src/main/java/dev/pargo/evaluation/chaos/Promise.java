package dev.pargo.evaluation.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What clients may notice of a fault.
 *
 * @param losses  accepted outcomes besides right answers and cancelled requests
 * @param delay   how much longer than usual a client may wait for a right answer of usual length
 */
record Promise(Set<ClientOutcome> losses, Duration delay) {

    private static final Duration SHORT = Duration.ofSeconds(5);
    private static final Duration HANG = Duration.ofSeconds(3);
    /** Time from a fault until a stream that it has broken off ends with its error event. */
    private static final Duration BREAKS_OFF_WITHIN = Duration.ofSeconds(10);

    /** Every request is answered. */
    static final Promise NOTHING_IS_LOST = new Promise(EnumSet.noneOf(ClientOutcome.class), SHORT);

    /** Streams that have begun may end with an error event. Everything else is answered. */
    static final Promise STREAMS_MAY_BREAK_OFF = new Promise(EnumSet.of(ClientOutcome.BROKEN_OFF), SHORT);

    /** Requests may be refused with Retry-After. */
    static final Promise REFUSALS = new Promise(EnumSet.of(ClientOutcome.REFUSED), Ask.PATIENCE);

    /** Requests may be refused with Retry-After, and streams that have begun may end with an error event. */
    static final Promise REFUSALS_AND_BROKEN_STREAMS =
            new Promise(EnumSet.of(ClientOutcome.REFUSED, ClientOutcome.BROKEN_OFF), Ask.PATIENCE);

    /** The same for a replica that hangs, which costs its callers no more than 3 s. */
    Promise whereAReplicaHangs() {
        return new Promise(losses, HANG);
    }

    /**
     * The broken promises; empty if all were kept.
     *
     * @param struck {@link System#nanoTime} when the fault began
     * @param usual  longest time that a client waits without a fault; it depends on how busy the machine is
     */
    List<String> broken(Tally tally, long struck, Duration usual) {
        List<String> broken = new ArrayList<>();
        for (ClientOutcome outcome : EnumSet.of(
                ClientOutcome.REFUSED, ClientOutcome.BROKEN_OFF, ClientOutcome.FAILED, ClientOutcome.WRONG)) {
            if (tally.count(outcome) > 0 && !losses.contains(outcome)) {
                broken.add("%d %s, the first: %s".formatted(tally.count(outcome), outcome, tally.example(outcome)));
            }
        }
        if (tally.slowest().compareTo(usual.plus(delay)) > 0) {
            broken.add("a client waited %.1f s".formatted(tally.slowest().toMillis() / 1e3));
        }
        Duration breakOff = tally.longestBreakOff(struck);
        if (breakOff.compareTo(BREAKS_OFF_WITHIN) > 0) {
            broken.add("a stream ended %.1f s after the fault".formatted(breakOff.toMillis() / 1e3));
        }
        return broken;
    }
}
