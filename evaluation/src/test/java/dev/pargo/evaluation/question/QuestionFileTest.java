package dev.pargo.evaluation.question;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pargo.evaluation.input.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuestionFileTest {

    @TempDir
    private Path directory;

    @Test
    void numbersQuestionsByTheirLines() throws IOException {
        List<OwnQuestion> questions =
                read("\n{\"question\": \"Why?\", \"answer\": 7}\n{\"id\": \"x\", \"question\": \"How?\"}");

        assertThat(questions).extracting(OwnQuestion::id).containsExactly("2", "x");
        assertThat(questions.get(0).expected()).containsExactly("7");
        assertThat(questions.get(1).expected()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {'question': 'a'} {                     | not a JSON object
                    [1]                                     | not a JSON object
                    {'answer': 'a'}                         | question is missing
                    {'question': 'a', 'picture': 'b.png'}   | unknown field picture
                    {'question': 'a', 'image': 'b.png'}     | there is no picture at
                    {'question': 'a', 'match': 'maybe'}     | match must be exact, yes_no, contains
                    """)
    void namesTheLineThatIsWrong(String line, String problem) {
        assertThatThrownBy(() -> read("{\"question\": \"Why?\"}\n" + line.replace('\'', '"')))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("questions.jsonl, line 2: ")
                .hasMessageContaining(problem);
    }

    @Test
    void refusesTwoQuestionsWithOneId() {
        assertThatThrownBy(() -> read("{\"id\": \"x\", \"question\": \"a\"}\n{\"id\": \"x\", \"question\": \"b\"}"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("line 2: the id x is used twice");
    }

    private List<OwnQuestion> read(String content) throws IOException {
        Path file = directory.resolve("questions.jsonl");
        Files.writeString(file, content);
        return QuestionFile.read(file);
    }
}
