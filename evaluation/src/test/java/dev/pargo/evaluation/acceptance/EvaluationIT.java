package dev.pargo.evaluation.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.pargo.evaluation.endpoint.Cli;
import dev.pargo.evaluation.stack.Bundles;
import dev.pargo.evaluation.stack.RunningStack;
import dev.pargo.evaluation.stack.SharedStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/** The evaluating commands against real services. */
@ExtendWith(SharedStack.class)
class EvaluationIT {

    private static final JsonMapper JSON = JsonMapper.shared();

    @TempDir
    private Path directory;

    @Test
    void scoresTheExamplesAsTheirAuthorDid(RunningStack stack) throws IOException {
        writeQuestions(scenes());

        Cli cli = Cli.run(
                "evaluate",
                "jsonl",
                "--data",
                directory.toString(),
                "--out",
                out(),
                "--url",
                stack.url().toString());

        assertThat(cli.status()).as(cli.err()).isZero();
        JsonNode scores = read("out/scores.json").path("scores");
        long correct = scenes().stream()
                .flatMap(scene -> scene.path("qa").valueStream())
                .filter(qa -> qa.path("correct").asBoolean())
                .count();
        assertThat(scores.path("right").asInt()).isEqualTo((int) correct);
        assertThat(scores.path("questions").asInt()).isEqualTo(60);
    }

    @Test
    void runsMmeOnTheExamples(RunningStack stack) throws IOException {
        writeMme("existence");

        Cli cli = Cli.run(
                "evaluate",
                "mme",
                "--data",
                directory.toString(),
                "--out",
                out(),
                "--instruction",
                "",
                "--url",
                stack.url().toString());

        assertThat(cli.status()).as(cli.err()).isZero();
        Path results = directory.resolve("out/results");
        assertThat(Files.readAllLines(results.resolve("existence.txt")))
                .isNotEmpty()
                .allMatch(line -> line.matches("scene\\d+\\.png\\tA chat .* ASSISTANT: \\t(Yes|No)\\t(Yes|No)\\."));
        assertThat(Cli.run("score", "mme", results.toString()).out()).isEqualTo(cli.out());
        assertThat(read("out/scores.json").at("/scores/subtasks/existence").asDouble())
                .isEqualTo(200);
    }

    @Test
    void benchTellsWhereTheTimeGoes(RunningStack stack) throws IOException {
        Path json = directory.resolve("bench.json");

        Cli cli = Cli.run(
                "bench",
                "--url",
                stack.url().toString(),
                "--image",
                Bundles.PARGO_MINI.resolve("examples/scene01.png").toString(),
                "--concurrency",
                "1,4",
                "--requests",
                "8",
                "--json",
                json.toString());

        assertThat(cli.status()).as(cli.out()).isZero();
        assertThat(cli.out()).contains("queue", "prefill", "in networks", "outside");
        for (JsonNode run : JSON.readTree(Files.readAllBytes(json)).path("runs")) {
            JsonNode stages = run.path("stages");
            double parts = stages.path("queue_ms").asDouble()
                    + stages.path("encode_ms").asDouble()
                    + stages.path("project_ms").asDouble()
                    + stages.path("prefill_ms").asDouble()
                    + stages.path("decode_ms").asDouble();
            assertThat(parts).isCloseTo(stages.path("total_ms").asDouble(), within(1.0));
            assertThat(stages.path("outside_share").asDouble()).isBetween(0.0, 1.0);
            assertThat(run.path("answered").asInt()).isEqualTo(8);
        }
    }

    private String out() {
        return directory.resolve("out").toString();
    }

    private JsonNode read(String file) throws IOException {
        return JSON.readTree(Files.readAllBytes(directory.resolve(file)));
    }

    private void writeQuestions(List<JsonNode> scenes) throws IOException {
        String lines = scenes.stream()
                .flatMap(scene -> scene.path("qa")
                        .valueStream()
                        .map(qa -> JsonNodeFactory.instance
                                .objectNode()
                                .put("image", picture(scene).toString())
                                .put("question", qa.path("question").asString())
                                .put("answer", qa.path("expected").asString())
                                .put("category", qa.path("kind").asString())
                                .toString()))
                .collect(Collectors.joining("\n"));
        Files.writeString(directory.resolve("questions.jsonl"), lines);
    }

    /** Two yes-or-no questions of each scene that has them, in MME's layout. */
    private void writeMme(String subtask) throws IOException {
        Path images = Files.createDirectories(directory.resolve("images").resolve(subtask));
        StringBuilder table = new StringBuilder();
        for (JsonNode scene : scenes()) {
            List<JsonNode> pair = scene.path("qa")
                    .valueStream()
                    .filter(qa -> qa.path("expected").asString().matches("(Yes|No)\\."))
                    .limit(2)
                    .toList();
            if (pair.size() == 2) {
                Files.copy(picture(scene), images.resolve(scene.path("image").asString()));
                pair.forEach(qa -> table.append("%s\t%s\t%s\n"
                        .formatted(
                                scene.path("image").asString(),
                                qa.path("question").asString(),
                                qa.path("expected").asString().replace(".", ""))));
            }
        }
        Files.writeString(
                Files.createDirectories(directory.resolve("Data_json")).resolve(subtask + ".txt"), table);
    }

    private static List<JsonNode> scenes() throws IOException {
        return JSON.readTree(Files.readAllBytes(Bundles.PARGO_MINI.resolve("examples/examples.json")))
                .path("examples")
                .valueStream()
                .toList();
    }

    private static Path picture(JsonNode scene) {
        return Bundles.PARGO_MINI
                .resolve("examples")
                .resolve(scene.path("image").asString());
    }
}
