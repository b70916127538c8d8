package dev.pargo.evaluation.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.evaluation.stack.Bundles;
import dev.pargo.evaluation.stack.Launcher;
import dev.pargo.evaluation.stack.Launcher.Outcome;
import dev.pargo.evaluation.stack.ServiceKind;
import dev.pargo.evaluation.stack.StackPorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * The paper's comparison as a user runs it: one encoder and one LLM behind ParGo, a Q-Former, a linear and an MLP
 * projector. Only ParGo's is trained.
 */
class ProjectorComparisonIT {

    private static final int QUESTIONS = 10;

    @TempDir
    private Path directory;

    private Launcher launcher;
    private StackPorts ports;

    @BeforeEach
    void start() throws Exception {
        launcher = new Launcher(Map.of(), directory);
        ports = StackPorts.freeForProjectors(4);
        Map<String, String> environment = new TreeMap<>(ports.environment());
        environment.put(
                "PARGO_PROJECTORS",
                "%s:%s:%s"
                        .formatted(
                                synthesize("Q-Former", "mini-q-former"),
                                synthesize("linear", "mini-linear"),
                                synthesize("mlp", "mini-mlp", "--visual-tokens", "16")));
        launcher = new Launcher(environment, directory);
        succeed("up");
    }

    @AfterEach
    void stop() throws Exception {
        launcher.run("down");
    }

    @Test
    void projectorsAreComparedUnderEqualConditions() throws Exception {
        String url = "http://127.0.0.1:" + ports.work(ServiceKind.GATEWAY);
        Path out = directory.resolve("out");

        String summary = succeed("compare", "--questions", questions(), "--out", out.toString(), "--url", url);

        assertThat(summary.lines())
                .anyMatch(line -> row("pargo-mini", "pargo \\(float32\\)", 80, line) && line.contains("100.0 %"))
                .anyMatch(line -> row("mini-q-former", "q-former \\(float32, random weights\\)", 80, line))
                .anyMatch(line -> row("mini-linear", "linear \\(float32, random weights\\)", 36, line))
                .anyMatch(line -> row("mini-mlp", "mlp \\(float32, random weights\\)", 16, line));
        String caution = "Random weights: mini-q-former (projector), mini-linear (projector), mini-mlp (projector).";
        assertThat(summary).contains(caution);
        assertThat(Files.readString(out.resolve("report.md"))).contains(caution);
        assertThat(Files.readString(out.resolve("report.html")))
                .contains(caution, "data:image/png;base64,", "class=\"right\"");
    }

    /** Whether a line of the summary describes a model: its networks and its number of visual tokens. */
    private static boolean row(String model, String projector, int visualTokens, String line) {
        return line.matches("%s +eva02-clip \\(float32\\), %s, internlm2 \\(float32\\) .* %% +%d +\\d+ +\\d+"
                .formatted(model, projector, visualTokens));
    }

    private Path synthesize(String projector, String name, String... options) throws Exception {
        Path bundle = directory.resolve(name);
        List<String> command = new ArrayList<>(List.of(options));
        command.addAll(0, List.of("synthesize", "--projector", projector, "--beside", Bundles.PARGO_MINI.toString()));
        command.add(bundle.toString());
        succeed(command.toArray(String[]::new));
        return bundle;
    }

    private String succeed(String... command) throws IOException, InterruptedException {
        Outcome outcome = launcher.run(command);
        assertThat(outcome.status()).as(outcome.err()).isZero();
        return outcome.out();
    }

    private String questions() throws IOException {
        String lines = KnownAnswer.all().stream()
                .limit(QUESTIONS)
                .map(example -> JsonNodeFactory.instance
                        .objectNode()
                        .put("image", example.image().toString())
                        .put("question", example.question())
                        .put("answer", example.answer())
                        .toString())
                .collect(Collectors.joining("\n"));
        return Files.writeString(directory.resolve("questions.jsonl"), lines).toString();
    }
}
