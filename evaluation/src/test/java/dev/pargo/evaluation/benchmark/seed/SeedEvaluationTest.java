package dev.pargo.evaluation.benchmark.seed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.evaluation.endpoint.AnswerScript;
import dev.pargo.evaluation.endpoint.Cli;
import dev.pargo.evaluation.endpoint.ScriptedEndpoint;
import dev.pargo.evaluation.stack.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SeedEvaluationTest {

    private static final String QUESTIONS = """
            {"question_type": {"Scene Understanding": 1, "Instance Counting": 5, "Action Recognition": 10},
             "questions": [
              {"question_id": "1", "question_type_id": 1, "data_type": "image", "data_id": "11_22", "question": "Where?",
               "choice_a": "in", "choice_b": "out", "choice_c": "up", "choice_d": "down", "answer": "B"},
              {"question_id": "2", "question_type_id": 5, "data_type": "image", "data_id": "11_22", "question": "How many?",
               "choice_a": "one", "choice_b": "two", "choice_c": "three", "choice_d": "four", "answer": "A"},
              {"question_id": "3", "question_type_id": 10, "data_type": "video", "data_id": "v1", "question": "What next?",
               "choice_a": "run", "choice_b": "rest", "choice_c": "eat", "choice_d": "go", "answer": "B"},
              {"question_id": "4", "question_type_id": 10, "data_type": "video", "data_id": "v2", "question": "What next?",
               "choice_a": "run", "choice_b": "rest", "choice_c": "eat", "choice_d": "go", "answer": "B"}
             ]}
            """;

    @TempDir
    private Path directory;

    @Test
    void scoresByDimensionAndLeavesVideosWithoutAFrameOut() throws IOException {
        Path picture = Repository.file("examples/very.png");
        Files.createDirectories(directory.resolve("SEED-Bench-image"));
        Files.createDirectories(directory.resolve("SEED-Bench-video-image"));
        Files.copy(picture, directory.resolve("SEED-Bench-image/11_22"));
        Files.copy(picture, directory.resolve("SEED-Bench-video-image/v1.png"));
        Files.writeString(directory.resolve("SEED-Bench.json"), QUESTIONS);
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(request -> AnswerScript.answer("B"))) {
            Cli cli = evaluate(endpoint);

            assertThat(cli.status()).as(cli.err()).isZero();
            assertThat(endpoint.requests()).hasSize(3);
            assertThat(endpoint.requests().stream().map(ScriptedEndpoint::question))
                    .anyMatch(
                            text -> text.startsWith("Where?\nA. in\nB. out\nC. up\nD. down\nAnswer with the option's"));
            assertThat(cli.out()).contains("Instance Counting", "1 questions were left out");
        }
        JsonNode scores = JsonMapper.shared()
                .readTree(Files.readAllBytes(directory.resolve("out/scores.json")))
                .path("scores");
        assertThat(scores.path("accuracy").asDouble()).isEqualTo(2 / 3.0);
        assertThat(scores.path("image").asDouble()).isEqualTo(0.5);
        assertThat(scores.path("video").asDouble()).isEqualTo(1);
        assertThat(scores.at("/categories/Scene Understanding").asDouble()).isEqualTo(1);
        assertThat(scores.path("left_out").asInt()).isEqualTo(1);
    }

    @Test
    void tellsTheLayoutThatItExpected() throws IOException {
        Files.createDirectories(directory.resolve("images"));
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(request -> AnswerScript.answer("B"))) {
            Cli cli = evaluate(endpoint);

            assertThat(cli.status()).isEqualTo(2);
            assertThat(cli.err())
                    .contains("layout of seed-bench", "SEED-Bench.json", "SEED-Bench-image/", "found:    images/");
        }
    }

    @Test
    void tellsWhatItMissedOnACloserLook() throws IOException {
        Path questions = directory.resolve("SEED-Bench.json");
        Files.writeString(questions, QUESTIONS);
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(request -> AnswerScript.answer("B"))) {
            assertThat(evaluate(endpoint).err())
                    .contains("4 questions, but none of their pictures, such as SEED-Bench-image/11_22");
            Files.writeString(questions, "{\"annotations\": []}");
            assertThat(evaluate(endpoint).err())
                    .contains("SEED-Bench.json with the fields annotations, but no questions");
        }
    }

    @Test
    void namesTheQuestionThatIsWrong() throws IOException {
        Files.writeString(
                directory.resolve("SEED-Bench.json"), QUESTIONS.replace("\"answer\": \"A\"", "\"answer\": \"E\""));
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(request -> AnswerScript.answer("B"))) {
            assertThat(evaluate(endpoint).err()).contains("question 2 needs");
        }
    }

    private Cli evaluate(ScriptedEndpoint endpoint) {
        return Cli.run(
                "evaluate",
                "seed-bench",
                "--data",
                directory.toString(),
                "--out",
                directory.resolve("out").toString(),
                "--url",
                endpoint.url().toString());
    }
}
