package dev.pargo.evaluation.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.evaluation.endpoint.AnswerScript;
import dev.pargo.evaluation.endpoint.Cli;
import dev.pargo.evaluation.endpoint.ScriptedEndpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BenchCommandTest {

    private static final AnswerScript ANSWER =
            AnswerScript.answer("a", "b", "c").after(5).each(2);

    @TempDir
    private Path directory;

    @Test
    void writesTableJsonAndPage() throws IOException {
        Path json = directory.resolve("bench.json");
        Path html = directory.resolve("bench.html");
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(request -> ANSWER)) {
            Cli cli = bench(
                    endpoint,
                    "--concurrency",
                    "1,2",
                    "--requests",
                    "6",
                    "--json",
                    json.toString(),
                    "--html",
                    html.toString());

            assertThat(cli.status()).as(cli.err()).isZero();
            assertThat(cli.out().lines().filter(line -> line.startsWith("scripted")))
                    .hasSize(2);
            assertThat(cli.err()).contains("16/16");
        }
        JsonNode run = JsonMapper.shared().readTree(Files.readAllBytes(json)).at("/runs/1");
        assertThat(run.path("load").asString()).isEqualTo("2");
        assertThat(run.path("answered").asInt()).isEqualTo(6);
        assertThat(run.at("/time_to_first_token_ms/p50").asDouble()).isGreaterThanOrEqualTo(5);
        assertThat(run.path("tokens_per_second").asDouble()).isPositive();
        assertThat(run.path("requests").size()).isEqualTo(6);
        assertThat(run.path("url").asString()).startsWith("http://127.0.0.1:");
        assertThat(run.has("stages")).isFalse();
        assertThat(Files.readString(html))
                .contains("<svg", "Time to first token", "</html>")
                .doesNotContain("http:", "https:", "<script", "src=");
    }

    @Test
    void measuresTwoEndpointsInTurn() throws IOException {
        List<String> order = new CopyOnWriteArrayList<>();
        try (ScriptedEndpoint one = new ScriptedEndpoint(request -> remember("one", order));
                ScriptedEndpoint other = new ScriptedEndpoint(request -> remember("other", order))) {
            Cli cli = bench(
                    one, "--against", other.url().toString(), "--concurrency", "1", "--requests", "8", "--warmup", "0");

            assertThat(cli.status()).as(cli.err()).isZero();
            assertThat(order)
                    .containsExactly(
                            "one", "one", "other", "other", "other", "other", "one", "one", "one", "one", "other",
                            "other", "other", "other", "one", "one");
        }
    }

    @Test
    void sendsWhatTheOptionsSay() throws IOException {
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(request -> ANSWER)) {
            bench(
                    endpoint,
                    "--concurrency",
                    "1",
                    "--requests",
                    "1",
                    "--warmup",
                    "0",
                    "--answer-tokens",
                    "7",
                    "--ignore-eos",
                    "--set",
                    "temperature=0.5",
                    "--question",
                    "Why?");

            JsonNode request = endpoint.requests().get(0);
            assertThat(request.path("model").asString()).isEqualTo("scripted");
            assertThat(request.path("max_tokens").asInt()).isEqualTo(7);
            assertThat(request.path("ignore_eos").asBoolean()).isTrue();
            assertThat(request.path("temperature").asDouble()).isEqualTo(0.5);
            assertThat(request.at("/messages/0/content").asString()).isEqualTo("Why?");
        }
    }

    @Test
    void failuresAreToldAndFailTheCommand() throws IOException {
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(request -> AnswerScript.refusal(500))) {
            Cli cli = bench(endpoint, "--concurrency", "1", "--requests", "2", "--warmup", "0");

            assertThat(cli.status()).isEqualTo(1);
            assertThat(cli.out()).contains("First failure: scripted refusal");
        }
    }

    @Test
    void measuresNothingWhereTheWarmUpFails() throws IOException {
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(request -> AnswerScript.refusal(400))) {
            Cli cli = bench(endpoint);

            assertThat(cli.status()).isEqualTo(1);
            assertThat(cli.err()).contains("scripted fails: scripted refusal");
            assertThat(cli.out()).isEmpty();
            assertThat(endpoint.requests()).hasSize(4);
        }
    }

    @Test
    void leavesOutFieldsThatAnEndpointDoesNotKnow() throws IOException {
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(request -> ANSWER)) {
            bench(endpoint, "--requests", "1", "--set", "max_tokens=null", "--set", "max_completion_tokens=9");

            JsonNode request = endpoint.requests().get(0);
            assertThat(request.has("max_tokens")).isFalse();
            assertThat(request.has("ignore_eos")).isFalse();
            assertThat(request.path("max_completion_tokens").asInt()).isEqualTo(9);
        }
    }

    @Test
    void tellsHowLongAnswersWereAtEachEndpoint() throws IOException {
        try (ScriptedEndpoint one = new ScriptedEndpoint(request -> ANSWER);
                ScriptedEndpoint other = new ScriptedEndpoint(request -> AnswerScript.answer("a"))) {
            Cli cli = bench(one, "--against", other.url().toString(), "--concurrency", "1", "--requests", "4");

            assertThat(cli.out().lines().filter(line -> line.startsWith("scripted at")))
                    .satisfiesExactly(
                            line -> assertThat(line).containsPattern("18 +0 +3 "),
                            line -> assertThat(line).containsPattern("18 +0 +1 "));
        }
    }

    @Test
    void unreachableEndpointIsOneClearLine() {
        Cli cli = Cli.run("bench", "--url", "http://127.0.0.1:1");

        assertThat(cli.status()).isEqualTo(1);
        assertThat(cli.err())
                .isEqualToIgnoringNewLines("pargo: cannot connect to http://127.0.0.1:1; ./pargo up starts a stack");
    }

    private static Cli bench(ScriptedEndpoint endpoint, String... options) {
        return Cli.run(Stream.concat(Stream.of("bench", "--url", endpoint.url().toString()), Stream.of(options))
                .toArray(String[]::new));
    }

    private static AnswerScript remember(String name, List<String> order) {
        order.add(name);
        return ANSWER;
    }
}
