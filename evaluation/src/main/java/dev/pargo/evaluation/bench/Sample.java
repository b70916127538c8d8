package dev.pargo.evaluation.bench;

import dev.pargo.evaluation.client.StageTimes;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The measurements of one request. Times are of {@link System#nanoTime()}.
 *
 * @param start        when it was sent; in an open loop, when it was due
 * @param firstToken   when the first text arrived; the end if none did
 * @param end          when the answer was complete
 * @param promptTokens tokens of the prompt, as the endpoint counts
 * @param cachedTokens prompt tokens that were in the endpoint's prefix cache
 * @param tokens       tokens of the answer, as the endpoint counts; else events with text
 * @param stages       the endpoint's times of its stages
 * @param error        why there is no answer; null if there is one
 */
record Sample(
        long start,
        long firstToken,
        long end,
        int promptTokens,
        int cachedTokens,
        int tokens,
        Optional<StageTimes> stages,
        Outcome outcome,
        @Nullable String error) {

    /** How a request ended. */
    enum Outcome {
        /** With a complete answer. */
        ANSWERED,
        /** The endpoint refused it as overloaded or unavailable (429, 503). */
        REFUSED,
        /** In any other way. */
        FAILED
    }

    boolean isAnswered() {
        return outcome == Outcome.ANSWERED;
    }

    double firstTokenMs() {
        return (firstToken - start) / 1e6;
    }

    /** Mean time between two tokens; an answer of one token has none, so 0. */
    double perTokenMs() {
        return tokens < 2 ? 0 : (end - firstToken) / 1e6 / (tokens - 1);
    }

    double totalMs() {
        return (end - start) / 1e6;
    }
}
