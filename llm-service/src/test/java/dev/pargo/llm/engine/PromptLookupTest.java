package dev.pargo.llm.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PromptLookupTest {

    @Test
    void guessesWhatFollowedTheSameTokensEarlier() {
        PromptLookup lookup = new PromptLookup(new long[] {1, 2, 3, 4, 5, 9, 1, 2});
        lookup.learn(new int[] {3}, 0);
        assertThat(lookup.draft(10)).containsExactly(4, 5);
    }

    @Test
    void guessesNothingWithoutAnExample() {
        PromptLookup lookup = new PromptLookup(new long[] {1, 2, 3, 4, 5});
        lookup.learn(new int[] {7}, 0);
        assertThat(lookup.draft(10)).isEmpty();
    }

    @Test
    void guessesNoMoreThanThereIsRoomFor() {
        PromptLookup lookup = new PromptLookup(new long[] {1, 2, 3, 4, 5, 1, 2, 3});
        assertThat(lookup.draft(1)).containsExactly(4);
        assertThat(lookup.draft(0)).isEmpty();
    }

    @Test
    void guessesLongerAfterSuccess() {
        PromptLookup lookup = new PromptLookup(new long[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3});
        lookup.learn(new int[] {4, 5, 6}, 2);
        assertThat(lookup.draft(10)).hasSizeGreaterThan(2);
    }

    @Test
    void stopsGuessingWhenItFails() {
        PromptLookup lookup = new PromptLookup(new long[] {1, 2, 3, 4, 5, 1, 2, 3});
        for (int i = 0; i < 4; i++) {
            lookup.learn(new int[] {1}, 2);
        }
        lookup.learn(new int[] {1}, 0);
        lookup.learn(new int[] {2}, 0);
        lookup.learn(new int[] {3}, 0);
        assertThat(lookup.draft(10)).isEmpty();
    }

    @Test
    void neverGuessesAVisualToken() {
        PromptLookup lookup = new PromptLookup(new long[] {1, 2, 3, -5, 1, 2, 3});
        assertThat(lookup.draft(10)).isEmpty();
    }
}
