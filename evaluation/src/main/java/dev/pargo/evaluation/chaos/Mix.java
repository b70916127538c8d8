package dev.pargo.evaluation.chaos;

import dev.pargo.evaluation.example.Example;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/**
 * What a client asks, as percentages of its requests, drawn independently.
 *
 * @param streamed    requests for streamed answers
 * @param fresh       requests with pictures that are in no cache
 * @param longAnswers requests for answers of {@link Ask#LONG_ANSWER} tokens
 * @param cancelled   requests that the client cancels
 */
record Mix(int streamed, int fresh, int longAnswers, int cancelled) {

    /** All kinds of requests. */
    static final Mix USUAL = new Mix(50, 60, 10, 8);

    /** Long streams only. */
    static final Mix LONG_STREAMS = new Mix(100, 20, 100, 0);

    /** Repeated pictures. */
    static final Mix KNOWN_PICTURES = new Mix(50, 30, 0, 0);

    /** Draws the next request. */
    Ask next(List<Example> questions, Random random) {
        return new Ask(
                questions.get(random.nextInt(questions.size())),
                chance(streamed, random),
                chance(fresh, random),
                chance(longAnswers, random),
                chance(cancelled, random) ? Duration.ofMillis(1 + random.nextInt(150)) : Ask.PATIENCE);
    }

    private static boolean chance(int percent, Random random) {
        return random.nextInt(100) < percent;
    }
}
