package dev.pargo.evaluation.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.evaluation.endpoint.AnswerScript;
import dev.pargo.evaluation.endpoint.Cli;
import dev.pargo.evaluation.endpoint.ScriptedEndpoint;
import dev.pargo.evaluation.stack.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class CompareCommandTest {

    @TempDir
    private Path directory;

    private Path questions;

    @BeforeEach
    void writeQuestions() throws IOException {
        questions = directory.resolve("questions.jsonl");
        Files.copy(Repository.file("examples/very.png"), directory.resolve("my picture.png"));
        Files.writeString(questions, """
                {"image": "my picture.png", "question": "Is <it> a cat?", "answer": "yes", "match": "yes_no"}
                {"question": "And now?"}
                """);
    }

    @Test
    void putsAnswersSideBySide() throws IOException {
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(CompareCommandTest::answer, "a", "b", "c")) {
            Cli cli = compare(endpoint, "--models", "a,b,c", "--note", "c=random weights");

            assertThat(cli.status()).as(cli.err()).isZero();
            assertThat(cli.out().lines().filter(line -> line.matches("[abc] .*")))
                    .hasSize(3);
            assertThat(endpoint.requests()).hasSize(6);
        }
        String page = Files.readString(directory.resolve("out/report.html"));
        assertThat(page)
                .contains("Is &lt;it&gt; a cat?", "src=\"data:image/png;base64,", "random weights")
                .contains("<td class=\"right\">yes</td><td class=\"verdict right\">right</td>")
                .contains("<td class=\"wrong\">&lt;b&gt;no&lt;/b&gt;</td><td class=\"verdict wrong\">wrong</td>")
                .doesNotContain("http:", "https:", "<script", "<b>no</b>");
        String report = Files.readString(directory.resolve("out/report.md"));
        assertThat(report)
                .contains("## 1. Is \\<it\\> a cat?", "](pictures/001-my_picture.png)", "Expected: yes")
                .contains("| a | yes | right |", "| b | \\<b\\>no\\</b\\> | wrong |", "## 2. And now?");
        assertThat(directory.resolve("out/pictures/001-my_picture.png")).exists();
    }

    @Test
    void asksAllModelsByDefault() throws IOException {
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(CompareCommandTest::answer, "a", "b")) {
            compare(endpoint);

            assertThat(endpoint.requests().stream()
                            .map(request -> request.path("model").asString()))
                    .containsExactly("a", "b", "b", "a");
        }
    }

    @Test
    void anUnknownModelIsOneClearLine() throws IOException {
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(CompareCommandTest::answer, "a", "b")) {
            Cli cli = compare(endpoint, "--models", "a,x");

            assertThat(cli.status()).isEqualTo(2);
            assertThat(cli.err()).isEqualToIgnoringNewLines("pargo: there is no model x; the endpoint serves a, b");
        }
    }

    @Test
    void aRefusalStandsInTheReport() throws IOException {
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(request -> AnswerScript.refusal(400))) {
            Cli cli = compare(endpoint);

            assertThat(cli.status()).isZero();
            assertThat(Files.readString(directory.resolve("out/report.md"))).contains("scripted refusal", "wrong");
        }
    }

    private Cli compare(ScriptedEndpoint endpoint, String... more) {
        String[] arguments = {
            "compare",
            "--url",
            endpoint.url().toString(),
            "--questions",
            questions.toString(),
            "--out",
            directory.resolve("out").toString()
        };
        return Cli.run(Stream.of(arguments, more).flatMap(Arrays::stream).toArray(String[]::new));
    }

    private static AnswerScript answer(JsonNode request) {
        return AnswerScript.answer(request.path("model").asString().equals("b") ? "<b>no</b>" : "yes");
    }
}
