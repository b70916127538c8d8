package dev.pargo.evaluation.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pargo.evaluation.example.Example;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AnswerBookTest {

    private static final List<Example> QUESTIONS = List.of(
            new Example("1", new byte[0], "Is it red?", "Yes."), new Example("2", new byte[0], "Is it blue?", "No."));

    private final AnswerBook book = new AnswerBook(QUESTIONS);

    @Test
    void acceptsTheAnswersOfTheServedRevisions() {
        book.put(Revision.SECOND, List.of("No.", "Yes."));
        book.serve(Revision.FIRST, Revision.SECOND);

        assertThat(book.answers(QUESTIONS.get(0), book.served())).containsExactlyInAnyOrder("Yes.", "No.");
        assertThat(book.answers(QUESTIONS.get(0), Set.of(Revision.SECOND))).containsExactly("No.");
    }

    @Test
    void refusesRevisionsThatCannotBeToldApart() {
        assertThatThrownBy(() -> book.put(Revision.SECOND, List.of("Yes.", "No.")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("differ in 0 of 2 answers");
    }
}
