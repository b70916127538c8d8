package dev.pargo.llm.engine;

import java.util.Arrays;

/**
 * Guesses the next tokens by looking up what followed the answer's last tokens earlier, in the prompt or in the answer
 * itself. A guess costs a row of the next step and saves a step if it is right, so the length of guesses follows their
 * success: it doubles when all were right, halves when most were wrong, and a run of failures ends the guessing.
 *
 * <p>Method: prompt lookup decoding (A. Saxena, 2023), speculative decoding's verification for greedy answers.
 */
final class PromptLookup {

    /** Tokens that must agree before their continuation is guessed. */
    private static final int MATCH = 3;

    private static final int LONGEST = 8;
    private static final int MOST_FAILURES = 4;

    private long[] tokens;
    private int length;
    private int guessLength = 2;
    private int failures;

    /** @param prompt keys of its positions; visual tokens match nothing that an answer has */
    PromptLookup(long[] prompt) {
        tokens = Arrays.copyOf(prompt, prompt.length + 64);
        length = prompt.length;
    }

    /**
     * Guesses what follows.
     *
     * @param limit most tokens to guess
     * @return possibly none
     */
    int[] guess(int limit) {
        int most = Math.min(limit, guessLength);
        if (failures >= MOST_FAILURES || most < 1 || length < MATCH) {
            return new int[0];
        }
        for (int end = length - 1; end >= MATCH; end--) {
            if (Arrays.equals(tokens, end - MATCH, end, tokens, length - MATCH, length)) {
                return Arrays.stream(tokens, end, Math.min(end + most, length))
                        .takeWhile(key -> key >= 0)
                        .mapToInt(Math::toIntExact)
                        .toArray();
            }
        }
        return new int[0];
    }

    /**
     * Learns what came.
     *
     * @param ids     tokens that were taken
     * @param guessed tokens that had been guessed; one less than were taken if all were right
     */
    void learn(int[] ids, int guessed) {
        if (length + ids.length > tokens.length) {
            tokens = Arrays.copyOf(tokens, 2 * (length + ids.length));
        }
        for (int id : ids) {
            tokens[length++] = id;
        }
        if (guessed == 0) {
            return;
        }
        int right = ids.length - 1;
        failures = right == 0 ? failures + 1 : 0;
        if (right == guessed) {
            guessLength = Math.min(LONGEST, 2 * guessLength);
        } else if (2 * right < guessed) {
            guessLength = Math.max(1, guessLength / 2);
        }
    }
}
