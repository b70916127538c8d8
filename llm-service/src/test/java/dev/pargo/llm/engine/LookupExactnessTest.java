package dev.pargo.llm.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.models.llm.PromptPart;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LookupExactnessTest {

    @Test
    void guessedAnswersEqualUnguessedOnesTokenByToken() {
        String sentence = "a red circle at the top left, a blue star at the bottom right. ";
        List<List<PromptPart>> prompts = Stream.concat(
                        IntStream.range(1, 5).mapToObj(times -> PargoMini.text(sentence.repeat(times))),
                        IntStream.of(1, 2).mapToObj(image -> PargoMini.aboutImage(image, PargoMini.DESCRIBE)))
                .toList();
        try (PargoMini guessing = new PargoMini(PargoMini.properties(8, 8, true));
                PargoMini plain = new PargoMini(PargoMini.properties(8, 8, false))) {
            List<CollectedAnswer> guessed = prompts.stream()
                    .map(prompt -> guessing.submit(Asked.of(prompt).endless(100)))
                    .toList();
            List<CollectedAnswer> unguessed = prompts.stream()
                    .map(prompt -> plain.submit(Asked.of(prompt).endless(100)))
                    .toList();
            for (int i = 0; i < prompts.size(); i++) {
                assertThat(guessed.get(i).ids())
                        .hasSize(100)
                        .isEqualTo(unguessed.get(i).ids());
                assertThat(guessed.get(i).text()).isEqualTo(unguessed.get(i).text());
                assertThat(unguessed.get(i).summary().draftTokens()).isZero();
            }
            assertThat(guessed.stream()
                            .mapToInt(answer -> answer.summary().draftTokens())
                            .sum())
                    .isGreaterThan(50);
        }
    }

    @Test
    void guessesEndWhereTheAnswerEnds() {
        List<PromptPart> prompt = PargoMini.text("one two three one two three one two three one two three ");
        try (PargoMini guessing = new PargoMini(PargoMini.properties(1, 1, true));
                PargoMini plain = new PargoMini(PargoMini.properties(1, 1, false))) {
            for (int most = 1; most < 40; most += 3) {
                Asked asked = Asked.of(prompt).endless(most);
                assertThat(guessing.submit(asked).ids())
                        .hasSize(most)
                        .isEqualTo(plain.submit(asked).ids());
            }
        }
    }
}
