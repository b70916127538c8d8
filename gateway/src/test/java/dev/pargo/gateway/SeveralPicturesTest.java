package dev.pargo.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pargo.gateway.loopback.LoopbackStages;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import io.grpc.Status;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The pictures of one request are encoded and projected at once. */
class SeveralPicturesTest {

    @RegisterExtension
    static final GatewayExtension running = GatewayExtension.start();

    private static final LoopbackStages stages = running.stages;
    private static final RunningGateway gateway = running.gateway;

    @Test
    void areAllAtTheEncoderBeforeOneIsReady() {
        stages.encoder.behaviour.release = new CompletableFuture<>();
        CompletableFuture<HttpResponse<String>> answer = gateway.chatAsync(Bodies.images("Hm?", 7, 8, 9));
        awaitEncoderCalls(3);

        stages.encoder.behaviour.release.complete(null);

        assertThat(answer.join().body()).containsSubsequence("[7 x ", "[8 x ", "[9 x ");
    }

    @Test
    void areTriedAgainIfACallIsLost() throws Exception {
        for (int i = 0; i < 3; i++) {
            stages.encoder.behaviour.failures.add(Status.UNAVAILABLE.asRuntimeException());
        }

        HttpResponse<String> answer = gateway.chat(Bodies.images("Hm?", 7, 8, 9));

        assertThat(answer.body()).containsSubsequence("[7 x ", "[8 x ", "[9 x ");
        assertThat(stages.encoder.behaviour.calls).hasValue(6);
    }

    @Test
    void endTheRequestIfOneIsNoGood() throws Exception {
        for (int i = 0; i < 6; i++) {
            stages.encoder.behaviour.failures.add(
                    new StageError(ErrorReason.IMAGE_UNDECODABLE, "the image is no good").toException());
        }

        HttpResponse<String> answer = gateway.chat(Bodies.images("Hm?", 7, 8, 9));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("the image is no good");
    }

    @Test
    void areAllCancelledWhenTheClientLeaves() {
        stages.encoder.behaviour.release = new CompletableFuture<>();
        CompletableFuture<HttpResponse<String>> answer = gateway.chatAsync(Bodies.images("Hm?", 7, 8, 9));
        awaitEncoderCalls(3);

        answer.cancel(true);

        await().until(() -> stages.encoder.behaviour.cancellations.size() == 3);
        await().until(() -> gateway.active() == 0);
        assertThat(gateway.gauge("pargo.gateway.visual.held")).isZero();
    }

    @Test
    void takeTogetherNoLongerThanTheRequest() throws Exception {
        stages.encoder.behaviour.release =
                new CompletableFuture<Void>().completeOnTimeout(null, 300, TimeUnit.MILLISECONDS);

        JsonNode timings = JsonMapper.shared()
                .readTree(gateway.chat(Bodies.images("Hm?", 7, 8, 9)).body())
                .get("timings");

        assertThat(timings.get("encode_ms").asDouble())
                .isBetween(200.0, timings.get("total_ms").asDouble());
    }

    private static void awaitEncoderCalls(int calls) {
        await().pollInterval(Duration.ofMillis(10)).until(() -> stages.encoder.behaviour.calls.get() == calls);
    }
}
