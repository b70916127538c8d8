package dev.pargo.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pargo.gateway.loopback.LoopbackStages;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import io.grpc.Status;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Requests when stages refuse, fail, hang or disappear. */
@ExtendWith(OutputCaptureExtension.class)
class StageFailureTest {

    private static final String IMAGE_PARAM = "\"param\":\"messages[0].content[1].image_url\"";

    @RegisterExtension
    static final GatewayExtension running = GatewayExtension.start(
            "--pargo.gateway.request-timeout=2500ms", "--pargo.gateway.max-concurrent-requests=3");

    private static final LoopbackStages stages = running.stages;
    private static final RunningGateway gateway = running.gateway;

    @ParameterizedTest
    @EnumSource(
            value = ErrorReason.class,
            names = {"IMAGE_UNDECODABLE", "IMAGE_UNSUPPORTED_FORMAT", "IMAGE_TOO_MANY_PIXELS"})
    void passesOnWhatIsWrongWithAnImage(ErrorReason reason) throws Exception {
        stages.encoder.behaviour.failures.add(new StageError(reason, "the image is no good").toException());

        HttpResponse<String> response = gateway.chat(Bodies.image(7, "Hm?"));

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("the image is no good", IMAGE_PARAM);
    }

    @Test
    void passesOnThatAPromptIsTooLong() throws Exception {
        stages.llm.behaviour.failures.add(
                new StageError(ErrorReason.PROMPT_TOO_LONG, "the prompt has 3000 tokens, the limit is 2048")
                        .toException());

        HttpResponse<String> response = gateway.chat(Bodies.textStream("Hm?"));

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body())
                .contains("3000 tokens, the limit is 2048", "\"param\":\"messages\"", "context_length_exceeded");
    }

    @Test
    void aFullQueueSaysWhenToTryAgain() throws Exception {
        StageError error = new StageError(ErrorReason.QUEUE_FULL, "queue full", Duration.ofMillis(2100));

        stages.encoder.behaviour.failures.add(error.toException());
        assertRefusal(gateway.chat(Bodies.image(7, "Hm?")), 429, "3", "The queue of the encoder is full");
        stages.projector.behaviour.failures.add(error.toException());
        assertRefusal(gateway.chat(Bodies.image(7, "Hm?")), 429, "3", "The queue of the projector is full");
        stages.llm.behaviour.failures.add(error.toException());
        assertRefusal(gateway.chat(Bodies.text("Hm?")), 429, "3", "The queue of the LLM is full");
    }

    @Test
    void aTensorThatWasDamagedOnItsWayIsMadeAgain() throws Exception {
        stages.encoder.behaviour.damages.set(1);
        stages.projector.behaviour.damages.set(1);

        HttpResponse<String> response = gateway.chat(Bodies.image(7, "Hm?"));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).contains("[7 x ");
        assertThat(stages.encoder.behaviour.calls).hasValue(3);
    }

    @Test
    void aTensorThatIsAlwaysDamagedIsNotPassedOn() throws Exception {
        stages.projector.behaviour.damages.set(Integer.MAX_VALUE);

        assertThat(gateway.chat(Bodies.image(7, "Hm?")).statusCode()).isEqualTo(503);
        assertThat(stages.llm.behaviour.calls).hasValue(0);
    }

    @Test
    void theWayOfAnImageIsTriedAgain() throws Exception {
        stages.encoder.behaviour.failures.add(Status.UNAVAILABLE.asRuntimeException());
        stages.projector.behaviour.failures.add(Status.UNAVAILABLE.asRuntimeException());

        assertThat(gateway.chat(Bodies.image(7, "Hm?")).statusCode()).isEqualTo(200);
        assertThat(stages.encoder.behaviour.calls).hasValue(3);
    }

    @Test
    void aCallIsMadeSevenTimesAtMost() throws Exception {
        for (int i = 0; i < 7; i++) {
            stages.encoder.behaviour.failures.add(Status.UNAVAILABLE.asRuntimeException());
        }

        assertRefusal(gateway.chat(Bodies.image(7, "Hm?")), 503, "1", "The encoder service is unavailable");
        assertThat(stages.encoder.behaviour.calls).hasValue(7);
    }

    /**
     * The status of grpc-java for a connection that broke in the middle of a write, for a broken frame, and for a reset
     * stream.
     */
    @ParameterizedTest
    @EnumSource(
            value = Status.Code.class,
            names = {"UNAVAILABLE", "UNKNOWN", "INTERNAL", "CANCELLED", "DATA_LOSS"})
    void aBrokenConnectionIsNotTheRequestsEnd(Status.Code code) throws Exception {
        stages.encoder.behaviour.failures.add(code.toStatus().asRuntimeException());
        stages.projector.behaviour.failures.add(code.toStatus().asRuntimeException());
        stages.llm.behaviour.failures.add(code.toStatus().asRuntimeException());

        assertThat(gateway.chat(Bodies.imageStream(7, "Hm?")).body()).contains("[DONE]");
    }

    @Test
    void aStageThatSaysThatItDrainsIsTriedAgainOnceItServes() throws Exception {
        stages.llm.behaviour.failures.add(new StageError(ErrorReason.DRAINING, "stopping").toException());

        assertThat(gateway.chat(Bodies.text("Hm?")).statusCode()).isEqualTo(200);
    }

    @Test
    void aFaultOfAStageTellsNothingOfItsInside(CapturedOutput log) throws Exception {
        stages.llm.behaviour.failures.add(
                new StageError(ErrorReason.INTERNAL, "java.lang.NullPointerException at 0x7f").toException());
        HttpResponse<String> response = gateway.chat(Bodies.text("Hm?"));

        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.body())
                .isEqualTo("{\"error\":{\"message\":\"The LLM failed\",\"type\":\"server_error\",\"param\":null,"
                        + "\"code\":\"internal_error\"}}");
        assertThat(log.toString().lines().filter(line -> line.contains("Request failed")))
                .singleElement()
                .asString()
                .contains("Request failed: The LLM failed: ");
        assertThat(log).doesNotContain("at dev.pargo.gateway.exchange");
    }

    @Test
    void visualTokensThatAreNoNumbersFailTheirRequestAndAreNotCached() throws Exception {
        String body = Bodies.image(7, "Hm?");
        stages.projector.behaviour.failures.add(
                new StageError(ErrorReason.NOT_FINITE, "visual_tokens has values that are not finite").toException());

        HttpResponse<String> response = gateway.chat(body);

        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.body()).contains("The projector computed NaN or infinite values for this request");
        assertThat(gateway.chat(body).statusCode()).isEqualTo(200);
        assertThat(stages.projector.behaviour.calls).hasValue(2);
    }

    @Test
    void aTensorThatIsNotAsDescribedIsAFault() throws Exception {
        stages.encoder.behaviour.failures.add(
                new StageError(ErrorReason.TENSOR_MISMATCH, "width 3, expected 4").toException());

        HttpResponse<String> response = gateway.chat(Bodies.image(7, "Hm?"));

        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.body()).contains("The encoder failed").doesNotContain("width");
    }

    @Test
    void anAnswerThatBreaksOffIsAFailure() throws Exception {
        stages.llm.failAfter = 1;

        assertThat(gateway.chat(Bodies.text("Hm?")).statusCode()).isEqualTo(500);
    }

    @Test
    void aStreamThatBreaksOffEndsWithAnErrorAndWithoutHttpsLastChunk() throws Exception {
        stages.llm.failAfter = 1;
        long failed = gateway.ended("failed");

        String stream = brokenStream();

        assertThat(stream).startsWith("HTTP/1.1 200 ");
        assertThat(stream.substring(stream.lastIndexOf("data: ")))
                .startsWith("data: {\"error\":{\"message\":\"The LLM failed\"")
                .doesNotContain("secret", "0\r\n\r\n");
        await().until(() -> gateway.ended("failed") == failed + 1);
    }

    @Test
    void aRequestEndsWhenItsTimeIsUp() throws Exception {
        stages.encoder.behaviour.hang = true;
        long deadline = gateway.ended("deadline");

        HttpResponse<String> response = gateway.chat(Bodies.image(7, "Hm?"));

        assertThat(response.statusCode()).isEqualTo(504);
        assertThat(response.body())
                .contains("The request's time ran out while it waited for the encoder", "timeout_error");
        await().until(() -> gateway.ended("deadline") == deadline + 1);
        await().until(() -> stages.encoder.behaviour.cancellations.size() == 1);
    }

    @Test
    void aStreamEndsWhenItsTimeIsUp() throws Exception {
        stages.llm.stallAfter = 1;

        assertThat(brokenStream()).contains("data: {\"error\":{\"message\":\"The request's time ran out");
    }

    @Test
    void refusesMoreRequestsThanItMayHold() throws Exception {
        stages.llm.behaviour.hang = true;
        CompletableFuture<?>[] waiting = new CompletableFuture<?>[3];
        for (int i = 0; i < waiting.length; i++) {
            waiting[i] = CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            return gateway.chat(Bodies.text("Hm?"));
                        } catch (Exception failure) {
                            throw new IllegalStateException(failure);
                        }
                    },
                    task -> new Thread(task).start());
        }
        await().until(() -> gateway.active() == 3);

        assertRefusal(gateway.chat(Bodies.text("Hm?")), 429, "1", "The gateway takes no more requests at the moment");
        CompletableFuture.allOf(waiting).join();
        await().until(() -> gateway.active() == 0);
    }

    private static String brokenStream() throws IOException {
        try (RawHttp connection = new RawHttp(gateway.port)) {
            return connection.send(RawHttp.chat(Bodies.textStream("Hm?"))).untilClosed();
        }
    }

    private static void assertRefusal(HttpResponse<String> response, int status, String retryAfter, String message) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("retry-after")).contains(retryAfter);
        assertThat(response.body()).contains(message);
    }
}
