package dev.pargo.evaluation.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pargo.evaluation.stack.ClientProcess;
import dev.pargo.evaluation.stack.Repository;
import dev.pargo.evaluation.stack.RunningStack;
import dev.pargo.evaluation.stack.ServiceKind;
import dev.pargo.evaluation.stack.SharedStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Spring AI 2.0 on Spring Boot 4 and 1.1 on 3.5: the tests in {@code clients}, each with libraries of its own. */
@ExtendWith(SharedStack.class)
class SpringAiIT {

    @ParameterizedTest
    @ValueSource(strings = {"spring-ai", "spring-ai-1"})
    void everyVersionIsUnderstood(String client, RunningStack stack) throws Exception {
        double before = cancelled(stack);
        String hasty = stack.startGateway(Map.of("PARGO_GATEWAY_REQUESTTIMEOUT", "400ms"))
                .toString();
        Path target = Repository.file("clients/%s/target".formatted(client));
        Path output = target.resolve("tests.txt");

        int exit = ClientProcess.run(
                target,
                output,
                Map.of(
                        "PARGO_URL", stack.url().toString(),
                        "PARGO_HASTY_URL", hasty,
                        "PARGO_PICTURE", Repository.file("examples/very.png").toString()),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                client + ".jar",
                "execute",
                "--scan-classpath",
                client + ".jar",
                "--disable-banner",
                "--disable-ansi-colors");

        String written = Files.readString(output);
        assertThat(exit).as(written).isZero();
        assertThat(written).contains(" 0 tests skipped", " 0 tests failed").doesNotContain(" 0 tests found");
        await().atMost(20, TimeUnit.SECONDS).until(() -> cancelled(stack) > before);
    }

    private static double cancelled(RunningStack stack) throws IOException {
        return stack.service(ServiceKind.GATEWAY).metric("gen_ai.server.request.duration?tag=error.type:cancelled");
    }
}
