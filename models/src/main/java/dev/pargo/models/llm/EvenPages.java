package dev.pargo.models.llm;

import java.util.stream.IntStream;

/**
 * The pages of a cache, divided evenly among a fixed number of sequences, for measurements and tests. The sequences get
 * them in turns, so the pages of one do not lie side by side.
 *
 * @param tokens most tokens of a sequence
 */
public record EvenPages(int sequences, int tokens) {

    /** Number of pages of all sequences. */
    public int count() {
        return sequences * KvCache.pages(tokens);
    }

    /** The pages of one sequence. */
    public int[] of(int sequence) {
        return IntStream.range(0, KvCache.pages(tokens))
                .map(i -> i * sequences + sequence)
                .toArray();
    }
}
