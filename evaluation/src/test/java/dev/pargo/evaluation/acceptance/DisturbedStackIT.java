package dev.pargo.evaluation.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pargo.evaluation.stack.Bundles;
import dev.pargo.evaluation.stack.RunningStack;
import dev.pargo.evaluation.stack.ServiceKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.node.ObjectNode;

/**
 * A stack whose clients leave, whose queues are full and whose stages are lost. Its LLM takes two
 * requests at once.
 */
class DisturbedStackIT {

    private static final int LONG_ANSWER = 3500;
    private static final Duration ARRIVAL = Duration.ofSeconds(10);
    private static final Duration ONE_SECOND = Duration.ofSeconds(1);

    private static Path bundle;
    private static RunningStack stack;
    private static GatewayClient gateway;

    @BeforeAll
    static void start(@TempDir Path directory) throws IOException {
        bundle = Bundles.longContext(directory);
        stack = RunningStack.start(
                bundle,
                Map.of("PARGO_LLM_MAX_REQUESTS", "2", "PARGO_LLM_SEQUENCES", "2", "PARGO_REPLICAS_PATIENCE", "1s"));
        gateway = new GatewayClient(stack.url());
    }

    @AfterAll
    static void stop() {
        if (stack != null) {
            stack.close();
        }
    }

    @AfterEach
    void leavesNothingBehind() {
        awaitAdmitted(0);
    }

    @Test
    void clientThatLeavesAStreamFreesItsSlot() throws IOException {
        double cancelled = cancelled();
        try (InputStream stream = gateway.stream(longQuestion().put("stream", true))) {
            assertThat(stream.readNBytes(6)).asString().isEqualTo("data: ");
            awaitAdmitted(1);
        }

        awaitAdmitted(0);
        assertThat(cancelled()).isEqualTo(cancelled + 1);
    }

    @Test
    void clientThatLeavesBeforeTheAnswerFreesItsSlot() throws IOException {
        double cancelled = cancelled();
        CompletableFuture<Reply> reply = gateway.completeLater(longQuestion());
        awaitAdmitted(1);

        reply.cancel(true);

        awaitAdmitted(0);
        assertThat(cancelled()).isEqualTo(cancelled + 1);
    }

    @Test
    void fullQueueIsTold() throws IOException {
        List<CompletableFuture<Reply>> running =
                List.of(gateway.completeLater(longQuestion()), gateway.completeLater(longQuestion()));
        awaitAdmitted(2);

        try {
            assertThat(Refusal.retryable(gateway.complete(Chat.text("?")), 429)
                            .path("message")
                            .asString())
                    .containsIgnoringCase("queue of the llm");
        } finally {
            running.forEach(reply -> reply.cancel(true));
        }
        awaitAdmitted(0);
        assertThat(gateway.complete(Chat.text("?").put("max_tokens", 5)).status())
                .isEqualTo(200);
    }

    @Test
    void deadlineIsKept() throws IOException {
        URI hasty = stack.startGateway(Map.of("PARGO_GATEWAY_REQUESTTIMEOUT", "1s"));
        double cancelled = cancelled();

        // Without a picture, so that the time runs out in the LLM.
        Reply reply = new GatewayClient(hasty).complete(atLength(Chat.text("?")));

        assertThat(Refusal.of(reply, 504).path("code").asString()).isEqualTo("deadline_exceeded");
        awaitAdmitted(0);
        assertThat(cancelled()).isEqualTo(cancelled + 1);
    }

    @ParameterizedTest
    @EnumSource(names = "GATEWAY", mode = EnumSource.Mode.EXCLUDE)
    void lostStageIsToldAndFoundAgain(ServiceKind kind) throws Exception {
        stack.service(kind).kill();

        var error = Refusal.retryable(gateway.complete(shortQuestion()), 503);
        assertThat(error.path("message").asString()).containsIgnoringCase(kind.name());
        await().until(() -> !stack.service(ServiceKind.GATEWAY).isReady());

        stack.restart(kind, bundle);
        await().atMost(Duration.ofSeconds(10))
                .until(() -> stack.service(ServiceKind.GATEWAY).isReady());
        assertThat(gateway.complete(shortQuestion()).status()).isEqualTo(200);
    }

    @Test
    void stageThatIsLostInTheMiddleOfAStreamEndsItWithAnError() throws Exception {
        try (InputStream stream = gateway.stream(longQuestion().put("stream", true))) {
            stream.readNBytes(6);
            stack.service(ServiceKind.LLM).kill();

            ByteArrayOutputStream read = new ByteArrayOutputStream();
            // The connection breaks behind the event, so that no client takes this for the answer's end.
            assertThatThrownBy(() -> stream.transferTo(read)).isInstanceOf(IOException.class);

            String rest = read.toString(StandardCharsets.UTF_8);
            assertThat(rest).endsWith("\n\n").doesNotContain("[DONE]");
            assertThat(rest.substring(rest.lastIndexOf("data: ")))
                    .contains("\"error\"")
                    .containsIgnoringCase("llm");
        } finally {
            stack.restart(ServiceKind.LLM, bundle);
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> stack.service(ServiceKind.GATEWAY).isReady());
        }
    }

    @Test
    void stageOfAnotherBundleIsRefused() throws Exception {
        stack.service(ServiceKind.PROJECTOR).kill();
        stack.restart(ServiceKind.PROJECTOR, Bundles.PARGO_MINI);
        try {
            await().untilAsserted(() -> assertThat(Refusal.retryable(gateway.complete(shortQuestion()), 503)
                            .path("message")
                            .asString())
                    .contains("different bundles", "long-context"));
            assertThat(stack.service(ServiceKind.GATEWAY).isReady()).isFalse();
        } finally {
            stack.service(ServiceKind.PROJECTOR).kill();
            stack.restart(ServiceKind.PROJECTOR, bundle);
        }
        await().atMost(Duration.ofSeconds(10))
                .until(() -> stack.service(ServiceKind.GATEWAY).isReady());
        assertThat(gateway.complete(shortQuestion()).status()).isEqualTo(200);
    }

    private static ObjectNode longQuestion() throws IOException {
        return atLength(Chat.of(KnownAnswer.all().get(0)));
    }

    private static ObjectNode atLength(ObjectNode question) {
        return question.put("max_tokens", LONG_ANSWER).put("ignore_eos", true);
    }

    private static ObjectNode shortQuestion() throws IOException {
        return Chat.of(KnownAnswer.all().get(0)).put("max_tokens", 5);
    }

    private static void awaitAdmitted(int requests) {
        await().atMost(requests == 0 ? ONE_SECOND : ARRIVAL)
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(() -> assertThat(stack.service(ServiceKind.LLM).metric("pargo.stage.admitted"))
                        .isEqualTo(requests));
    }

    private static double cancelled() throws IOException {
        return stack.service(ServiceKind.LLM).metric("pargo.stage.requests?tag=outcome:cancelled");
    }
}
