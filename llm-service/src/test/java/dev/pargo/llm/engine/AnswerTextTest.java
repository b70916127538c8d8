package dev.pargo.llm.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.models.tokenizer.Detokenizer;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswerTextTest {

    /** A vocabulary in which every word is a token. */
    private static AnswerText answer(List<String> vocabulary, String... stop) {
        Detokenizer words = new Detokenizer() {
            @Override
            public String append(int id) {
                return vocabulary.get(id);
            }

            @Override
            public String finish() {
                return "";
            }
        };
        return new AnswerText(words, List.of(stop));
    }

    @Test
    void givesTextAtOnceWithoutStopStrings() {
        AnswerText answer = answer(List.of("Yes", ", a cat"));
        assertThat(answer.append(0, true)).isEqualTo("Yes");
        assertThat(answer.append(1, true)).isEqualTo(", a cat");
        assertThat(answer.finish()).isEmpty();
    }

    @Test
    void holdsBackWhatMayBecomeAStopString() {
        AnswerText answer = answer(List.of("red#", "#", "blue"), "###");
        assertThat(answer.append(0, true)).isEqualTo("red");
        assertThat(answer.append(1, true)).isEmpty();
        assertThat(answer.append(2, true)).isEqualTo("##blue");
        assertThat(answer.stopped()).isFalse();
    }

    @Test
    void endsBeforeAStopStringThatSpansTokens() {
        AnswerText answer = answer(List.of("red EN", "D more"), "END");
        assertThat(answer.append(0, true)).isEqualTo("red ");
        assertThat(answer.append(1, true)).isEmpty();
        assertThat(answer.stopped()).isTrue();
        assertThat(answer.finish()).isEmpty();
    }

    @Test
    void endsAtTheFirstOfSeveralStopStrings() {
        AnswerText answer = answer(List.of("one two three"), "three", "two");
        assertThat(answer.append(0, true)).isEqualTo("one ");
        assertThat(answer.stopped()).isTrue();
    }

    @Test
    void givesWhatWasHeldBackWhenTheAnswerEnds() {
        AnswerText answer = answer(List.of("red##"), "###");
        assertThat(answer.append(0, true)).isEqualTo("red");
        assertThat(answer.finish()).isEqualTo("##");
    }

    @Test
    void meetsNoStopStringBeforeItMayStop() {
        AnswerText answer = answer(List.of("END", " red EN", "D"), "END");
        assertThat(answer.append(0, false)).isEqualTo("END");
        assertThat(answer.append(1, true)).isEqualTo(" red ");
        assertThat(answer.append(2, true)).isEmpty();
        assertThat(answer.stopped()).isTrue();
    }
}
