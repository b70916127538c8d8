package dev.pargo.evaluation.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pargo.evaluation.stack.Repository;
import dev.pargo.evaluation.stack.RunningStack;
import dev.pargo.evaluation.stack.SharedStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * OpenAI's client, Vercel's AI SDK and LangChain, in Node: the tests in {@code clients/javascript}. Without Node, or where
 * npm cannot install the clients, they do not run, and this says so.
 */
@ExtendWith(SharedStack.class)
class JavaScriptClientsIT {

    private static final Path CLIENTS = Repository.file("clients/javascript");
    private static final Path OUTPUT = Repository.file("evaluation/target/javascript-clients.txt");

    @BeforeAll
    static void install() throws Exception {
        assumeTrue(run(Map.of(), "node", "--version") == 0, "There is no Node: JavaScript's clients are not tested");
        if (!Files.exists(CLIENTS.resolve("node_modules"))) {
            assumeTrue(
                    run(Map.of(), "npm", "ci", "--no-audit", "--no-fund") == 0,
                    "npm cannot install JavaScript's clients: they are not tested");
        }
    }

    @Test
    void everyClientIsUnderstood(RunningStack stack) throws Exception {
        String hasty = stack.startGateway(Map.of("PARGO_GATEWAY_REQUESTTIMEOUT", "400ms"))
                .toString();

        int exit = run(
                Map.of("PARGO_URL", stack.url().toString(), "PARGO_HASTY_URL", hasty),
                "node",
                "--test",
                "--test-reporter=tap");

        String output = Files.readString(OUTPUT);
        assertThat(exit).as(output).isZero();
        assertThat(output).contains("# fail 0", "# skipped 0").doesNotContain("# pass 0");
    }

    private static int run(Map<String, String> environment, String... command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(List.of(command))
                .directory(CLIENTS.toFile())
                .redirectErrorStream(true)
                .redirectOutput(OUTPUT.toFile());
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            if (!process.waitFor(120, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                return -1;
            }
            return process.exitValue();
        } catch (IOException missing) {
            return -1;
        }
    }
}
