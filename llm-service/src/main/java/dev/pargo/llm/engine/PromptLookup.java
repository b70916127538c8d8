package dev.pargo.llm.engine;

import java.util.Arrays;

/**
 * Drafts the next tokens: it looks for an earlier occurrence of the answer's last tokens, in the prompt or in the
 * answer itself, and takes the tokens that followed there. A drafted token costs a row of the next step, and saves a
 * step if it is accepted. So the length of drafts follows their success: it doubles when all tokens were accepted and
 * halves when most were rejected, and after some failures in a row drafting stops.
 *
 * <p>Method: prompt lookup decoding (A. Saxena, 2023), speculative decoding's verification for greedy answers.
 */
final class PromptLookup {

    /** Tokens that must match before their continuation is drafted. */
    private static final int MATCH = 3;

    private static final int LONGEST = 8;
    private static final int MOST_FAILURES = 4;

    private long[] tokens;
    private int length;
    private int draftLength = 2;
    private int failures;

    /** @param prompt keys of its positions; those of visual tokens match no token of an answer */
    PromptLookup(long[] prompt) {
        tokens = Arrays.copyOf(prompt, prompt.length + 64);
        length = prompt.length;
    }

    /**
     * Drafts the next tokens.
     *
     * @param limit largest number of tokens to draft
     * @return the drafted tokens; may be empty
     */
    int[] draft(int limit) {
        int most = Math.min(limit, draftLength);
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
     * Records which tokens followed.
     *
     * @param ids     the tokens that followed
     * @param drafted tokens that had been drafted; one less than {@code ids} if all were accepted
     */
    void learn(int[] ids, int drafted) {
        if (length + ids.length > tokens.length) {
            tokens = Arrays.copyOf(tokens, 2 * (length + ids.length));
        }
        for (int id : ids) {
            tokens[length++] = id;
        }
        if (drafted == 0) {
            return;
        }
        int right = ids.length - 1;
        failures = right == 0 ? failures + 1 : 0;
        if (right == drafted) {
            draftLength = Math.min(LONGEST, 2 * draftLength);
        } else if (2 * right < drafted) {
            draftLength = Math.max(1, draftLength / 2);
        }
    }
}
