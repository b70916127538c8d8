package dev.pargo.evaluation.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pargo.evaluation.stack.Repository;
import dev.pargo.evaluation.stack.RunningStack;
import dev.pargo.evaluation.stack.ServiceKind;
import dev.pargo.evaluation.stack.ServiceProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A stage whose device hangs or crashes is not ready, says why, and ends its process, so that a supervisor restarts it.
 */
class LostDeviceIT {

    private static RunningStack stack;
    private static GatewayClient gateway;

    @BeforeAll
    static void start() throws IOException {
        List<String> debugged = List.of(Debugger.OPTION);
        stack = RunningStack.start(
                Repository.bundle(),
                Map.of(
                        "PARGO_STAGE_WATCHDOG_STUCKAFTER", "3s",
                        "PARGO_STAGE_WATCHDOG_EXITAFTER", "2s",
                        "PARGO_REPLICAS_PATIENCE", "1s"),
                Map.of(ServiceKind.ENCODER, debugged, ServiceKind.PROJECTOR, debugged, ServiceKind.LLM, debugged));
        gateway = new GatewayClient(stack.url());
    }

    @AfterAll
    static void stop() {
        if (stack != null) {
            stack.close();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"ENCODER", "LLM"})
    void aDeviceThatHangsEndsItsProcess(ServiceKind kind) throws Exception {
        ServiceProcess service = stack.service(kind);
        try (Debugger debugger = Debugger.attach(service)) {
            debugger.holdNextStep();
            CompletableFuture<Reply> reply = ask();

            await().atMost(Duration.ofSeconds(10)).until(() -> !service.isReady());
            assertThat(service.isAlive()).isTrue();
            assertThat(service.awaitExit()).isEqualTo(1);
            Refusal.retryable(reply.join(), 503);
        }

        assertThat(errors(service))
                .satisfiesExactly(
                        notReady -> assertThat(notReady).contains("The stage is not ready: a step of"),
                        ending -> assertThat(ending).contains("Ending the process: a step of"));
        assertThatItAnswersAfterARestart();
    }

    @ParameterizedTest
    @EnumSource(names = {"PROJECTOR", "LLM"})
    void aDeviceThatCrashesEndsItsProcess(ServiceKind kind) throws Exception {
        ServiceProcess service = stack.service(kind);
        try (Debugger debugger = Debugger.attach(service)) {
            debugger.holdNextStep();
            CompletableFuture<Reply> reply = ask();
            debugger.crashStep();

            assertThat(service.awaitExit()).isEqualTo(1);
            Refusal.retryable(reply.join(), 503);
        }

        assertThat(errors(service))
                .satisfiesExactly(
                        crash -> assertThat(crash).contains("has crashed", "OutOfMemoryError"),
                        notReady -> assertThat(notReady).contains("The stage is not ready:", "has ended"),
                        ending -> assertThat(ending).contains("Ending the process:", "has ended"));
        assertThatItAnswersAfterARestart();
    }

    private static CompletableFuture<Reply> ask() throws IOException {
        return gateway.completeLater(Chat.of(KnownAnswer.all().get(0)));
    }

    private static List<String> errors(ServiceProcess service) throws IOException {
        return service.log().lines().filter(line -> line.contains(" ERROR ")).toList();
    }

    private static void assertThatItAnswersAfterARestart() throws IOException {
        stack.restartEnded();
        await().atMost(Duration.ofSeconds(10))
                .until(() -> stack.service(ServiceKind.GATEWAY).isReady());
        KnownAnswer example = KnownAnswer.all().get(0);
        Reply reply = await().atMost(Duration.ofSeconds(10))
                .until(() -> gateway.complete(Chat.of(example)), LostDeviceIT::isAnswered);
        assertThat(reply.answer()).isEqualTo(example.answer());
    }

    /** On a loaded machine the first step of a new process may take longer than the gateway's patience. */
    private static boolean isAnswered(Reply reply) {
        if (reply.status() != 200) {
            Refusal.retryable(reply, 503);
        }
        return reply.status() == 200;
    }
}
