package dev.pargo.llm.engine;

import static dev.pargo.llm.engine.PargoMini.DESCRIBE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.pargo.models.llm.PromptPart;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.tensor.HostTensor;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class VisualAttentionTest {

    private static final int VISUAL_TOKENS = 80;

    @Test
    void everyTokenSaysHowMuchItAttendsToEachVisualToken() {
        List<PromptPart> prompt = PargoMini.aboutImage(1, DESCRIBE);
        try (PargoMini mini = PargoMini.withSequences(1)) {
            CollectedAnswer answer = mini.submit(Asked.of(prompt).attention());
            List<float[]> all = PargoMini.attention(prompt, answer.ids());
            assertThat(answer.attention()).hasSameSizeAs(answer.ids());
            int first = prompt.get(0).length();
            for (int token = 0; token < all.size(); token++) {
                float[] visual = answer.attention().get(token);
                assertThat(visual).hasSize(VISUAL_TOKENS);
                for (int i = 0; i < VISUAL_TOKENS; i++) {
                    assertThat(visual[i]).isCloseTo(all.get(token)[first + i], within(1e-6f));
                }
            }
        }
    }

    @Test
    void guessedTokensAttendAsIfTheyHadBeenWrittenOneByOne() {
        HostTensor small = PargoMini.visualTokens(1).rows(0, 8);
        List<PromptPart> prompt = PargoMini.about(small, "one two three four one two three four");
        try (PargoMini guessing = new PargoMini(PargoMini.properties(1, 1, true));
                PargoMini plain = new PargoMini(PargoMini.properties(1, 1, false))) {
            CollectedAnswer guessed =
                    guessing.submit(Asked.of(prompt).endless(100).attention());
            CollectedAnswer unguessed =
                    plain.submit(Asked.of(prompt).endless(100).attention());
            assertThat(guessed.summary().draftTokens()).isPositive();
            assertEqual(guessed.attention(), unguessed.attention());
        }
    }

    @Test
    void onlyWhoAsksForAttentionGetsIt() {
        List<PromptPart> prompt = PargoMini.aboutImage(1, DESCRIBE);
        List<PromptPart> other = PargoMini.aboutImage(2, DESCRIBE);
        try (PargoMini mini = PargoMini.withSequences(4)) {
            List<Integer> alone = mini.submit(Asked.of(other)).ids();
            CollectedAnswer asking = mini.submit(Asked.of(prompt).attention());
            CollectedAnswer beside = mini.submit(Asked.of(other));
            assertThat(beside.ids()).isEqualTo(alone);
            assertThat(beside.attention()).isEmpty();
            assertThat(asking.attention()).hasSameSizeAs(asking.ids());
        }
    }

    @Test
    void textAloneHasNoVisualTokens() {
        try (PargoMini mini = PargoMini.withSequences(1)) {
            CollectedAnswer answer = mini.submit(
                    Asked.of(PargoMini.text("a red circle")).endless(5).attention());
            assertThat(answer.attention()).hasSize(5).allMatch(weights -> weights.length == 0);
        }
    }

    @Test
    void tokensBehindTheLimitHaveNoWeights() {
        int visualTokens = 300;
        int most = VisualWeights.MOST_WEIGHTS / visualTokens;
        List<PromptPart> prompt = List.of(
                new PromptPart.Tokens(new int[] {1}),
                new PromptPart.Visual(HostTensor.allocate(DType.FLOAT32, visualTokens, 256)),
                new PromptPart.Tokens(new int[] {5}));
        int tokens = 150;
        int choices = 8;
        try (PargoMini mini = PargoMini.withSequences(choices)) {
            CollectedAnswer answer = mini.submit(Asked.of(prompt)
                    .choices(choices)
                    .sampled(1, 1)
                    .endless(tokens)
                    .attention());
            answer.summary();
            List<float[]> all = answer.pieces().stream()
                    .flatMap(piece -> piece.attention().stream())
                    .toList();
            assertThat(all).hasSize(choices * tokens);
            assertThat(all.stream().filter(weights -> weights.length == visualTokens))
                    .hasSize(most / choices * choices);
            assertThat(all.subList(all.size() - choices, all.size())).allMatch(weights -> weights.length == 0);
        }
    }

    private static void assertEqual(List<float[]> got, List<float[]> want) {
        assertThat(got).hasSameSizeAs(want);
        IntStream.range(0, want.size()).forEach(token -> {
            assertThat(got.get(token)).hasSameSizeAs(want.get(token));
            for (int i = 0; i < want.get(token).length; i++) {
                assertThat(got.get(token)[i]).isCloseTo(want.get(token)[i], within(1e-5f));
            }
        });
    }
}
