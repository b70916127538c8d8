package dev.pargo.evaluation.chaos;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;

/**
 * How the requests of a load ended.
 *
 * @param begun {@link System#nanoTime} at the load's beginning
 * @param ended {@link System#nanoTime} at its end
 */
record Tally(List<Attempt> attempts, long begun, long ended) {

    int count(ClientOutcome outcome) {
        return (int) attempts.stream()
                .filter(attempt -> attempt.outcome() == outcome)
                .count();
    }

    /** The first request with this outcome. */
    String example(ClientOutcome outcome) {
        return attempts.stream()
                .filter(attempt -> attempt.outcome() == outcome)
                .findFirst()
                .map(Attempt::detail)
                .orElse("");
    }

    /**
     * Time until the next right answer.
     *
     * @param moment {@link System#nanoTime} from when on
     */
    Duration gapAfter(long moment) {
        return Duration.ofNanos(attempts.stream()
                .filter(attempt -> attempt.outcome() == ClientOutcome.RIGHT && attempt.ended() > moment)
                .mapToLong(attempt -> attempt.ended() - moment)
                .min()
                .orElse(ended - moment));
    }

    /** Longest time without a right answer. */
    Duration longestGap() {
        List<Long> answers = attempts.stream()
                .filter(attempt -> attempt.outcome() == ClientOutcome.RIGHT)
                .map(Attempt::ended)
                .sorted()
                .toList();
        long longest = 0;
        long last = begun;
        for (long answer : answers) {
            longest = Math.max(longest, answer - last);
            last = answer;
        }
        return Duration.ofNanos(Math.max(longest, ended - last));
    }

    /**
     * Longest time until a stream that a fault had broken off ended.
     *
     * @param struck {@link System#nanoTime} when the fault began
     */
    Duration longestBreakOff(long struck) {
        return attempts.stream()
                .filter(attempt -> attempt.outcome() == ClientOutcome.BROKEN_OFF)
                .map(attempt -> Duration.ofNanos(attempt.ended() - Math.max(attempt.begun(), struck)))
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }

    /** Longest time that a client waited for a right answer of usual length. */
    Duration slowest() {
        return attempts.stream()
                .filter(attempt -> attempt.outcome() == ClientOutcome.RIGHT
                        && !attempt.ask().longAnswer())
                .map(attempt -> Duration.ofNanos(attempt.ended() - attempt.begun()))
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }
}
