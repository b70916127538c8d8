package dev.pargo.evaluation.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.evaluation.stack.JavaScriptClients;
import dev.pargo.evaluation.stack.Repository;
import dev.pargo.evaluation.stack.RunningStack;
import dev.pargo.evaluation.stack.SharedStack;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * OpenAI's client, Vercel's AI SDK and LangChain, in Node: the tests in {@code clients/javascript}. Without Node, or where
 * npm cannot install the clients, they do not run, and this says so.
 */
@ExtendWith(SharedStack.class)
class JavaScriptClientsIT {

    private static final Path OUTPUT = Repository.file("evaluation/target/javascript-clients.txt");

    @BeforeAll
    static void install() throws Exception {
        JavaScriptClients.assumeInstalled();
    }

    @Test
    void everyClientIsUnderstood(RunningStack stack) throws Exception {
        String hasty = stack.startGateway(Map.of("PARGO_GATEWAY_REQUESTTIMEOUT", "400ms"))
                .toString();

        int exit = JavaScriptClients.run(
                OUTPUT,
                Map.of("PARGO_URL", stack.url().toString(), "PARGO_HASTY_URL", hasty),
                "node",
                "--test",
                "--test-reporter=tap");

        String output = Files.readString(OUTPUT);
        assertThat(exit).as(output).isZero();
        assertThat(output).contains("# fail 0", "# skipped 0").doesNotContain("# pass 0");
    }
}
