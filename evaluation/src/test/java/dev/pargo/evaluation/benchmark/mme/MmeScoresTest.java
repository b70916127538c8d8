package dev.pargo.evaluation.benchmark.mme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pargo.evaluation.endpoint.Cli;
import dev.pargo.evaluation.input.InputException;
import dev.pargo.evaluation.stack.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class MmeScoresTest {

    private static final Path FIXTURE = Repository.file("evaluation/src/test/fixtures/mme");
    private static final String RESULTS = FIXTURE.resolve("results").toString();

    @TempDir
    private Path directory;

    @Test
    void printsWhatTheReferencePrints() throws IOException {
        Cli cli = Cli.run("score", "mme", RESULTS);

        assertThat(cli.status()).isZero();
        // The file ends with one line feed more than the printed text.
        assertThat(cli.out()).isEqualTo(Files.readString(FIXTURE.resolve("expected_stdout.txt")));
    }

    @Test
    void scoresToTheLastDigit() throws IOException {
        JsonNode expected = JsonMapper.shared().readTree(Files.readAllBytes(FIXTURE.resolve("case.json")));

        JsonNode scores = JsonMapper.shared()
                .readTree(Cli.run("score", "mme", "--json", RESULTS).out());

        assertThat(scores.path("subtasks").size()).isEqualTo(14);
        scores.path("subtasks")
                .propertyStream()
                .forEach(subtask -> assertThat(subtask.getValue().asDouble())
                        .isEqualTo(expected.at("/subtasks/%s/score".formatted(subtask.getKey()))
                                .asDouble()));
        assertThat(scores.path("Perception").asDouble())
                .isEqualTo(expected.at("/totals/Perception").asDouble());
        assertThat(scores.path("Cognition").asDouble())
                .isEqualTo(expected.at("/totals/Cognition").asDouble());
    }

    @ParameterizedTest
    @CsvSource({
        "Yes, YES, 200",
        "Yes, 'yes, there is', 200",
        "No, I cannot tell, 200",
        "No, Not sure, 200",
        "Yes, Unclear; yes, 200",
        "Yes, 'No and yes', 200",
        "Yes, 'this picture shows a yes', 0",
        "Yes, maybe, 0",
        "No, '', 0"
    })
    void readsAnswersAsTheReference(String expected, String answer, double score) throws IOException {
        write("color", "a.png\tq\t%s\t%s\na.png\tq\t%s\t%s\n".formatted(expected, answer, expected, answer));

        assertThat(MmeScores.of(directory).toJson().at("/subtasks/color").asDouble())
                .isEqualTo(score);
    }

    @Test
    void oneOfTwoRightCountsHalfAndNotDouble() throws IOException {
        write("OCR", "a.png\tq\tYes\tyes\na.png\tq\tNo\tyes\n");

        assertThat(MmeScores.of(directory).toJson().at("/subtasks/OCR").asDouble())
                .isEqualTo(50);
    }

    @Test
    void leavesMissingSubtasksOut() throws IOException {
        write("OCR", "a.png\tq\tYes\tyes\na.png\tq\tNo\tno\n");

        assertThat(MmeScores.of(directory).toText())
                .isEqualTo("=========== Perception ===========\ntotal score: 200.0 \n\n\t OCR  score: 200.0\n\n\n"
                        + "=========== Cognition ===========\ntotal score: 0 \n\n\n\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\tq\tYes\tyes\n", "a\tq\tYes\na\tq\tNo\tno\n", "a\tq\tPerhaps\tyes\na\tq\tNo\tno\n"})
    void namesTheLineThatIsWrong(String content) throws IOException {
        write("scene", content);

        assertThatThrownBy(() -> MmeScores.of(directory))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("scene.txt, line");
    }

    @Test
    void tellsWhatAResultsFolderHolds() {
        Cli cli = Cli.run("score", "mme", directory.toString());

        assertThat(cli.status()).isEqualTo(2);
        assertThat(cli.err()).contains("expected: SUBTASK.txt", "existence", "found:    an empty folder");
    }

    private void write(String subtask, String content) throws IOException {
        Files.writeString(directory.resolve(subtask + ".txt"), content);
    }
}
