package dev.pargo.evaluation.benchmark.mmbench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.evaluation.endpoint.AnswerScript;
import dev.pargo.evaluation.endpoint.Cli;
import dev.pargo.evaluation.endpoint.ScriptedEndpoint;
import dev.pargo.evaluation.stack.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class MmbenchEvaluationTest {

    private static final String HEADER = "index\tquestion\thint\tA\tB\tC\tD\tanswer\tcategory\timage\n";

    @TempDir
    private Path directory;

    private String picture;
    private Path table;

    @BeforeEach
    void encode() throws IOException {
        picture = Base64.getEncoder().encodeToString(Files.readAllBytes(Repository.file("examples/very.png")));
        table = directory.resolve("MMBench_DEV_EN.tsv");
    }

    @Test
    void asksEveryQuestionOnceWithItsPicture() throws IOException {
        Files.writeString(
                table,
                HEADER + "1\tWhat is it?\tLook closely.\tcat\tdog\t\t\tA\tanimals\t" + picture + "\n"
                        + "2\t\"Which \"\"one\"\"\nis red?\"\t\tapple\tsky\tsea\t\tA\tcolors\t" + picture + "\n"
                        + "1000001\tWhat is it?\tLook closely.\tdog\tcat\t\t\tB\tanimals\t1\n");
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(request -> AnswerScript.answer("A"))) {
            Cli cli = evaluate(endpoint);

            assertThat(cli.status()).as(cli.err()).isZero();
            assertThat(endpoint.requests()).hasSize(2);
            assertThat(endpoint.requests().stream().map(ScriptedEndpoint::question))
                    .containsExactlyInAnyOrder(
                            "Look closely.\nWhat is it?\nA. cat\nB. dog\n"
                                    + "Answer with the option's letter from the given choices directly.",
                            "Which \"one\"\nis red?\nA. apple\nB. sky\nC. sea\n"
                                    + "Answer with the option's letter from the given choices directly.");
            assertThat(endpoint.requests()
                            .get(0)
                            .at("/messages/0/content/0/image_url/url")
                            .asString())
                    .endsWith(picture);
            assertThat(scores().path("accuracy").asDouble()).isEqualTo(1);
        }
    }

    @Test
    void circularUsesTheRotationsOfTheTable() throws IOException {
        Files.writeString(
                table,
                HEADER + "1\tWhat is it?\t\tcat\tdog\t\t\tA\tanimals\t" + picture + "\n"
                        + "2\tWhat is red?\t\tapple\tsky\t\t\tA\tcolors\t" + picture + "\n"
                        + "1000001\tWhat is it?\t\tdog\tcat\t\t\tB\tanimals\t1\n"
                        + "1000002\tWhat is red?\t\tsky\tapple\t\t\tB\tcolors\t2\n");
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(MmbenchEvaluationTest::alwaysACat)) {
            evaluate(endpoint, "--circular");

            assertThat(endpoint.requests()).hasSize(4);
            // "A" is right about the apple as it was written and wrong about its rotation.
            assertThat(scores().path("accuracy").asDouble()).isEqualTo(0.5);
            assertThat(scores().path("plain_accuracy").asDouble()).isEqualTo(1);
            assertThat(scores().at("/categories/animals").asDouble()).isEqualTo(1);
            assertThat(scores().at("/categories/colors").asDouble()).isZero();
        }
    }

    @Test
    void circularMakesRotationsWhereTheTableHasNone() throws IOException {
        Files.writeString(table, HEADER + "1\tWhat is it?\t\tcat\tdog\tcow\t\tA\tanimals\t" + picture + "\n");
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(MmbenchEvaluationTest::alwaysACat)) {
            evaluate(endpoint, "--circular");

            assertThat(endpoint.requests().stream().map(ScriptedEndpoint::question))
                    .anyMatch(text -> text.contains("A. dog\nB. cow\nC. cat"))
                    .anyMatch(text -> text.contains("A. cow\nB. cat\nC. dog"));
            assertThat(scores().path("accuracy").asDouble()).isEqualTo(1);
        }
    }

    @Test
    void writesPredictionsOfATableWithoutAnswers() throws IOException {
        Files.writeString(
                table, "index\tquestion\tA\tB\tcategory\timage\n7\tWhat is it?\tdog\tcat\tanimals\t" + picture + "\n");
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(MmbenchEvaluationTest::alwaysACat)) {
            Cli cli = evaluate(endpoint);

            assertThat(cli.out()).contains("no answers", "predictions.tsv");
            assertThat(Files.readAllLines(directory.resolve("out/predictions.tsv")))
                    .containsExactly("index\tprediction\tanswer", "7\tB\tB");
        }
    }

    @Test
    void tellsTheColumnsThatItExpected() throws IOException {
        Files.writeString(table, "id\ttext\n1\thello\n");
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(MmbenchEvaluationTest::alwaysACat)) {
            Cli cli = evaluate(endpoint);

            assertThat(cli.status()).isEqualTo(2);
            assertThat(cli.err())
                    .contains("layout of mmbench", "MMBench_DEV_EN.tsv", "the columns index, question, A, B, image")
                    .contains("the columns of MMBench_DEV_EN.tsv: id | text");
        }
    }

    @Test
    void namesTheRowThatHasNoPictureBeforeItAsks() throws IOException {
        Files.writeString(
                table,
                HEADER + "1\tWhat is it?\t\tcat\tdog\t\t\tA\tanimals\t" + picture + "\n"
                        + "2\tWhat is it?\t\tcat\tdog\t\t\tA\tanimals\t3.jpg\n");
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(MmbenchEvaluationTest::alwaysACat)) {
            Cli cli = evaluate(endpoint);

            assertThat(cli.status()).isEqualTo(2);
            assertThat(cli.err()).contains("row 2 of the MMBench table has no picture: image is neither base64 nor");
            assertThat(endpoint.requests()).isEmpty();
        }
    }

    @Test
    void namesTheRowThatIsWrong() throws IOException {
        Files.writeString(table, HEADER + "5\tWhat is it?\t\tcat\tdog\t\t\tE\tanimals\t" + picture + "\n");
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(MmbenchEvaluationTest::alwaysACat)) {
            assertThat(evaluate(endpoint).err()).contains("row 5 of the MMBench table");
        }
    }

    /** Recognises a cat, and otherwise answers A. */
    private static AnswerScript alwaysACat(JsonNode request) {
        String letter = Arrays.stream(ScriptedEndpoint.question(request).split("\n"))
                .filter(line -> line.endsWith(". cat"))
                .findFirst()
                .orElse("A")
                .substring(0, 1);
        return AnswerScript.answer(letter);
    }

    private Cli evaluate(ScriptedEndpoint endpoint, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "evaluate",
                "mmbench",
                "--data",
                directory.toString(),
                "--out",
                directory.resolve("out").toString(),
                "--url",
                endpoint.url().toString()));
        arguments.addAll(List.of(more));
        return Cli.run(arguments.toArray(String[]::new));
    }

    private JsonNode scores() throws IOException {
        return JsonMapper.shared()
                .readTree(Files.readAllBytes(directory.resolve("out/scores.json")))
                .path("scores");
    }
}
