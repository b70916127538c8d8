package dev.pargo.evaluation.benchmark.jsonl;

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

class JsonlEvaluationTest {

    @TempDir
    private Path directory;

    @Test
    void asksAndScoresByCategory() throws IOException {
        Files.createDirectories(directory.resolve("pictures"));
        Files.copy(Repository.file("examples/very.png"), directory.resolve("pictures/a.png"));
        Files.writeString(directory.resolve("questions.jsonl"), """
                {"image": "pictures/a.png", "question": "What is it?", "answer": ["A cat", "cat"], "category": "names"}
                {"question": "Is it a cat?", "answer": "yes", "match": "yes_no", "category": "facts"}

                {"question": "Where is it?", "answer": "garden", "match": "contains", "category": "facts"}
                {"question": "How old is it?", "answer": "three", "category": "facts"}
                """);
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(request -> AnswerScript.answer(
                switch (ScriptedEndpoint.question(request)) {
                    case "What is it?" -> "a  cat.";
                    case "Is it a cat?" -> "I think yes, it is.";
                    case "Where is it?" -> "In the garden, no?";
                    default -> "no idea";
                }))) {
            Cli cli = Cli.run(
                    "evaluate",
                    "jsonl",
                    "--data",
                    directory.toString(),
                    "--out",
                    directory.resolve("out").toString(),
                    "--url",
                    endpoint.url().toString());

            assertThat(cli.status()).as(cli.err()).isZero();
            assertThat(cli.out().lines())
                    .contains(
                            "names         1          1   100.0 %",
                            "facts         2          3    66.7 %", "all           3          4    75.0 %");
        }
    }

    @Test
    void tellsTheLayoutThatItExpected() throws IOException {
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(request -> AnswerScript.answer("x"))) {
            Cli cli = Cli.run(
                    "evaluate",
                    "jsonl",
                    "--data",
                    directory.resolve("nowhere").toString(),
                    "--out",
                    directory.resolve("out").toString(),
                    "--url",
                    endpoint.url().toString());

            assertThat(cli.status()).isEqualTo(2);
            assertThat(cli.err()).contains("expected: questions.jsonl", "found:    nothing: the path does not exist");
        }
    }
}
