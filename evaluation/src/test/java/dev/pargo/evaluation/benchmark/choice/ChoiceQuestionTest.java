package dev.pargo.evaluation.benchmark.choice;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChoiceQuestionTest {

    private final ChoiceQuestion question =
            new ChoiceQuestion("A photo of a shop.", "What is sold?", List.of("Apples", "Bread", "Green apples"), 1);

    @Test
    void lettersItsOptions() {
        assertThat(question.toText())
                .isEqualTo("A photo of a shop.\nWhat is sold?\nA. Apples\nB. Bread\nC. Green apples");
    }

    @ParameterizedTest
    @CsvSource({
        "B, B",
        "' B ', B",
        "B., B",
        "(B), B",
        "B) Bread, B",
        "'**B**', B",
        "The answer is B., B",
        "Answer: (C), C",
        "Option A, A",
        "bread, B",
        "They sell bread there., B",
        "A man sells bread, B",
        "green apples, ''",
        "D, ''",
        "I do not know, ''",
        "'', ''"
    })
    void readsThePick(String answer, String letter) {
        assertThat(question.letterPicked(answer)).isEqualTo(letter);
        assertThat(question.isRight(answer)).isEqualTo(letter.equals("B"));
    }

    @Test
    void rotatesItsOptions() {
        ChoiceQuestion rotated = question.rotate(1);

        assertThat(rotated.options()).containsExactly("Bread", "Green apples", "Apples");
        assertThat(rotated.isRight("A")).isTrue();
        assertThat(question.rotate(2).isRight("C")).isTrue();
    }
}
