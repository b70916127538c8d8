package dev.pargo.evaluation.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.evaluation.endpoint.Cli;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanCommandTest {

    @TempDir
    private Path folder;

    @BeforeEach
    void measurements() throws IOException {
        // Prefill 20 ms, outside 10 ms; with a picture 30 ms more in the encoder, 10 ms in the projector, 20 ms
        // outside.
        write("text.json", run("1", 30, 20, 0, 0, 1));
        write("pictures.json", run("1", 80, 60, 45, 15, 1));
        // Steps of 5 ms, also of eight: 10 + n * 20 + 20 * 5.
        write("answers.json", run("1", 130, 120, 0, 0, 20), run("8", 270, 120, 0, 0, 20));
    }

    private void write(String name, String... runs) throws IOException {
        Files.writeString(folder.resolve(name), "{\"runs\": [%s]}".formatted(String.join(",", runs)));
    }

    private static String run(String load, int total, int network, int encode, int project, int tokens) {
        return """
                {"load": "%s", "answered": 1, "requests_per_second": 10, "total_ms": {"mean": %d},
                 "stages": {"network_ms": %d, "encode_ms": %d, "project_ms": %d},
                 "requests": [{"prompt_tokens": 100, "completion_tokens": %d, "total_ms": %d}]}""".formatted(load, total, network, encode, project, tokens, total);
    }

    private Cli plan(String... more) {
        List<String> arguments = new ArrayList<>(List.of("plan"));
        for (String file : List.of("text", "pictures", "answers")) {
            arguments.addAll(List.of("--" + file, folder.resolve(file + ".json").toString()));
        }
        arguments.addAll(List.of(more));
        return Cli.run(arguments.toArray(String[]::new));
    }

    @Test
    void computesTheReplicasOfEveryStage() {
        Cli cli = plan("--rps", "100", "--picture-share", "0.5", "--answer-tokens", "20");

        assertThat(cli.status()).isZero();
        assertThat(cli.out())
                .contains(
                        "encode 30.0 ms, project 10.0 ms, prefill 20.0 ms (text 20.0 ms), outside 20.0 ms (text 10.0 ms)")
                .contains("a step of 1: 5.00 ms, 8: 5.00 ms");
        // 50 pictures of 30 and 10 ms at 0.7: 2.1 and 0.7; 8 answers in 260 ms: 30.8 of them, at 0.7.
        assertThat(cli.out().lines().filter(line -> line.strip().startsWith("100")))
                .singleElement()
                .asString()
                .containsPattern("^ *100 +3 +1 +5 ");
    }

    @Test
    void setsWhatWasSeenBesideWhatIsComputed() throws IOException {
        write("seen.json", run("16", 300, 120, 0, 0, 20));

        assertThat(plan(
                                "--check",
                                folder.resolve("seen.json").toString(),
                                "--picture-share",
                                "0",
                                "--answer-tokens",
                                "20")
                        .out())
                .containsPattern("16 at once +requests/s +30.8 +10.0 +\\+208 %");
    }

    @Test
    void refusesPicturesThatWereKnown() throws IOException {
        write("pictures.json", run("1", 80, 60, 0, 0, 1));

        Cli cli = plan();

        assertThat(cli.status()).isEqualTo(2);
        assertThat(cli.err()).contains("pictures.json").contains("PARGO_VISUAL_CACHE=0");
    }

    @Test
    void refusesFilesOfAnotherKind() throws IOException {
        Files.writeString(folder.resolve("text.json"), "[]");

        assertThat(plan().err()).contains("text.json is no result of ./pargo bench --json");
    }

    @Test
    void refusesSharesBeyondOne() {
        assertThat(plan("--picture-share", "2").err()).contains("--picture-share must be from 0 to 1");
    }
}
