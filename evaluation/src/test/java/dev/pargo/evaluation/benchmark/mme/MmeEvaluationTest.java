package dev.pargo.evaluation.benchmark.mme;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.evaluation.endpoint.AnswerScript;
import dev.pargo.evaluation.endpoint.Cli;
import dev.pargo.evaluation.endpoint.ScriptedEndpoint;
import dev.pargo.evaluation.stack.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class MmeEvaluationTest {

    private static final Path PICTURE = Repository.file("examples/very.png");
    private static final String QUESTIONS = """
            a.png\tIs there a cat? Please answer yes or no.\tYes
            a.png\tIs there a dog? Please answer yes or no.\tNo
            b.png\tIs there a cat? Please answer yes or no.\tYes
            b.png\tIs there a dog? Please answer yes or no.\tNo
            """;

    @TempDir
    private Path directory;

    private Path data;
    private Path out;

    @BeforeEach
    void prepare() throws IOException {
        data = directory.resolve("data");
        out = directory.resolve("out");
        Files.createDirectories(data.resolve("Data_json"));
        Files.createDirectories(data.resolve("images/color"));
        Files.writeString(data.resolve("Data_json/color.txt"), QUESTIONS);
        Files.copy(PICTURE, data.resolve("images/color/a.png"));
        Files.copy(PICTURE, data.resolve("images/color/b.png"));
    }

    @Test
    void writesTheReferencesResultFiles() throws IOException {
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(MmeEvaluationTest::catsEverywhere)) {
            Cli cli = evaluate(endpoint);

            assertThat(cli.status()).as(cli.err()).isZero();
            assertThat(cli.out()).contains("\t color  score: 200.0");
            assertThat(Files.readString(out.resolve("results/color.txt"))
                            .lines()
                            .findFirst())
                    .contains(
                            "a.png\tA chat between a curious user and an artificial intelligence assistant. The assistant"
                                    + " gives helpful, detailed, and polite answers to the user's questions. USER:"
                                    + " <Img><ImageHere></Img> Is there a cat? Please answer yes or no. Answer the question using a"
                                    + " single word(Yes or No) ASSISTANT: \tYes\tYes, a cat.");
            assertThat(ScriptedEndpoint.question(endpoint.requests().get(0)))
                    .endsWith("? Please answer yes or no.\nAnswer the question using a single word(Yes or No)");
            assertThat(endpoint.requests()).allSatisfy(request -> {
                assertThat(request.path("temperature").asDouble()).isZero();
                assertThat(request.path("max_tokens").asInt()).isEqualTo(100);
                assertThat(request.at("/messages/0/content/0/image_url/url").asString())
                        .startsWith("data:image/png;base64,iVBOR");
            });
        }
        JsonNode scores = JsonMapper.shared().readTree(Files.readAllBytes(out.resolve("scores.json")));
        assertThat(scores.path("model").asString()).isEqualTo("scripted");
        assertThat(scores.at("/scores/subtasks/color").asDouble()).isEqualTo(200);
    }

    @Test
    void readsTheLayoutInWhichMmeIsDistributed() throws IOException {
        Path distributed = directory.resolve("MME_Benchmark_release_version");
        Files.createDirectories(distributed.resolve("existence"));
        Files.createDirectories(distributed.resolve("OCR/images"));
        Files.createDirectories(distributed.resolve("OCR/questions_answers_YN"));
        String pair = "Is there a cat?\tYes\nIs there a dog?\tNo\n";
        Files.copy(PICTURE, distributed.resolve("existence/0001.png"));
        Files.writeString(distributed.resolve("existence/0001.txt"), pair);
        Files.copy(PICTURE, distributed.resolve("OCR/images/0001.jpg"));
        Files.writeString(distributed.resolve("OCR/questions_answers_YN/0001.txt"), pair);
        data = distributed;
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(MmeEvaluationTest::catsEverywhere)) {
            assertThat(evaluate(endpoint).out())
                    .contains("\t existence  score: 200.0", "\t OCR  score: 200.0", "total score: 400.0");
        }
    }

    @Test
    void goesOnWhereItStopped() throws IOException {
        AtomicInteger answered = new AtomicInteger();
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(
                request -> answered.incrementAndGet() > 2 ? AnswerScript.refusal(500) : catsEverywhere(request))) {
            Cli cli = evaluate(endpoint);

            assertThat(cli.status()).isEqualTo(1);
            assertThat(cli.err()).contains("2 questions have no answer", "scripted refusal");
        }
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(MmeEvaluationTest::catsEverywhere)) {
            Cli cli = evaluate(endpoint);

            assertThat(cli.status()).isZero();
            assertThat(cli.out()).contains("\t color  score: 200.0");
            assertThat(endpoint.requests()).hasSize(2);
        }
    }

    @Test
    void waitsForAnEndpointThatHasNoRoom() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(
                request -> asked.incrementAndGet() % 2 == 1 ? AnswerScript.refusal(429) : catsEverywhere(request))) {
            assertThat(evaluate(endpoint).out()).contains("\t color  score: 200.0");
            assertThat(endpoint.requests()).hasSize(8);
        }
    }

    @Test
    void neverMixesAnswersOfTwoModels() throws IOException {
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(MmeEvaluationTest::catsEverywhere);
                ScriptedEndpoint other = new ScriptedEndpoint(MmeEvaluationTest::catsEverywhere, "other")) {
            evaluate(endpoint);

            Cli cli = evaluate(other);

            assertThat(cli.status()).isEqualTo(2);
            assertThat(cli.err()).contains("holds answers of another run", "scripted", "choose another --out");
            assertThat(other.requests()).isEmpty();
        }
    }

    @Test
    void skipsQuestionsWithoutAPictureAsTheReferenceDoes() throws IOException {
        Files.delete(data.resolve("images/color/b.png"));
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(MmeEvaluationTest::catsEverywhere)) {
            assertThat(evaluate(endpoint).out())
                    .contains("\t color  score: 200.0", "2 questions were skipped: their pictures are not there");
        }
    }

    @Test
    void tellsTheLayoutThatItExpected() throws IOException {
        data = Files.createDirectories(directory.resolve("wrong"));
        Files.createDirectories(data.resolve("pictures"));
        Files.writeString(data.resolve("questions.csv"), "");
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(MmeEvaluationTest::catsEverywhere)) {
            Cli cli = evaluate(endpoint);

            assertThat(cli.status()).isEqualTo(2);
            assertThat(cli.err())
                    .contains(
                            "does not have the layout of mme",
                            "expected: Data_json/SUBTASK.txt",
                            "images/SUBTASK/IMAGE",
                            "found:    pictures/, questions.csv");
        }
    }

    @Test
    void namesAPictureWhereNoneIsThere() throws IOException {
        Files.delete(data.resolve("images/color/a.png"));
        Files.delete(data.resolve("images/color/b.png"));
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(MmeEvaluationTest::catsEverywhere)) {
            Cli cli = evaluate(endpoint);

            assertThat(cli.status()).isEqualTo(2);
            assertThat(cli.err()).contains("4 questions, but none of their pictures, such as images/color/a.png");
        }
    }

    @Test
    void namesTheLineOfAWrongTable() throws IOException {
        Files.writeString(data.resolve("Data_json/color.txt"), QUESTIONS + "a.png Is there a cat? Yes\n");
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(MmeEvaluationTest::catsEverywhere)) {
            assertThat(evaluate(endpoint).err()).contains("color.txt, line 5", "3 columns", "found 1");
        }
    }

    private Cli evaluate(ScriptedEndpoint endpoint) {
        return Cli.run(
                "evaluate",
                "mme",
                "--data",
                data.toString(),
                "--out",
                out.toString(),
                "--url",
                endpoint.url().toString(),
                "--parallel",
                "2");
    }

    private static AnswerScript catsEverywhere(JsonNode request) {
        return AnswerScript.answer(ScriptedEndpoint.question(request).contains("cat") ? "Yes, a\tcat." : "No");
    }
}
