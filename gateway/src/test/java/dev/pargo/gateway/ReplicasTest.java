package dev.pargo.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pargo.gateway.loopback.LoopbackStages;
import dev.pargo.gateway.loopback.Wire;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Two replicas of every stage: {@code one} behind a network with faults, {@code two} without. No fault of the first
 * loses a request.
 */
class ReplicasTest {

    private LoopbackStages one;
    private LoopbackStages two;
    private Wire encoderWire;
    private Wire projectorWire;
    private Wire llmWire;
    private RunningGateway gateway;

    @BeforeEach
    void startStages() throws Exception {
        one = new LoopbackStages();
        two = new LoopbackStages();
        encoderWire = new Wire(one.encoderPort());
        projectorWire = new Wire(one.projectorPort());
        llmWire = new Wire(one.llmPort());
    }

    @AfterEach
    void stop() throws Exception {
        gateway.close();
        for (Wire wire : List.of(encoderWire, projectorWire, llmWire)) {
            wire.close();
        }
        one.close();
        two.close();
    }

    @Test
    void shareTheWork() throws Exception {
        start();

        askAboutPictures(20).forEach(ReplicasTest::assertAnswered);

        for (LoopbackStages replica : List.of(one, two)) {
            assertThat(replica.encoder.behaviour.calls).hasPositiveValue();
            assertThat(replica.projector.behaviour.calls).hasPositiveValue();
            assertThat(replica.llm.behaviour.calls).hasPositiveValue();
        }
        assertThat(gateway.actuator("prometheus").body())
                .contains("pargo_gateway_replicas{stage=\"encoder\",state=\"ready\"} 2.0");
    }

    @Test
    void oneThatHangsHoldsNobodyUp() throws Exception {
        start();
        one.encoder.behaviour.hang = true;
        one.projector.behaviour.hang = true;
        one.llm.behaviour.hang = true;
        List<CompletableFuture<HttpResponse<String>>> caught = askAboutPictures(8);
        await().until(() -> one.encoder.behaviour.calls.get() + one.projector.behaviour.calls.get() > 0);

        encoderWire.freeze();
        projectorWire.freeze();
        llmWire.freeze();

        caught.forEach(ReplicasTest::assertAnswered);
        askAboutPictures(8).forEach(ReplicasTest::assertAnswered);
    }

    @Test
    void oneThatHungIsUsedAgain() throws Exception {
        start();
        encoderWire.freeze();
        await().until(() -> replicas("encoder", "lost") == 1);

        encoderWire.thaw();

        await().until(() -> replicas("encoder", "ready") == 2);
        int before = one.encoder.behaviour.calls.get();
        askAboutPictures(20).forEach(ReplicasTest::assertAnswered);
        assertThat(one.encoder.behaviour.calls).hasValueGreaterThan(before);
    }

    /**
     * Nothing else arrives from the replica: it has died without closing its connection, and another one runs on its
     * machine now.
     */
    @Test
    void aHalfOpenConnectionIsReplaced() throws Exception {
        start();
        encoderWire.freeze();
        await().until(() -> replicas("encoder", "lost") == 1);

        encoderWire.forget();

        await().until(() -> replicas("encoder", "ready") == 2);
    }

    @Test
    void aStreamOnOneThatHangsEndsWithOneError() throws Exception {
        start();
        two.stopLlm();
        await().until(() -> replicas("llm", "ready") == 1);
        one.llm.stallAfter = 1;
        List<String> lines = new ArrayList<>();
        try (Stream<String> stream = gateway.chatLines(Bodies.textStream("Hm?"))) {
            stream.filter(line -> !line.isEmpty()).forEach(line -> {
                lines.add(line);
                if (line.contains("(user)")) {
                    llmWire.freeze();
                }
            });
        } catch (UncheckedIOException unfinished) {
            // The connection is closed without HTTP's last chunk.
        }

        assertThat(lines).noneMatch(line -> line.contains("[DONE]"));
        assertThat(lines).filteredOn(line -> line.contains("\"error\"")).hasSize(1);
        assertThat(lines.get(lines.size() - 1)).contains("The LLM service is unavailable");
    }

    @Test
    void anAnswerThatIsNotSentYetIsWrittenByAnother() throws Exception {
        start();
        String question = questionFor(one);
        one.llm.stallAfter = 1;
        CompletableFuture<HttpResponse<String>> whole = gateway.chatAsync(Bodies.text(question));
        await().until(() -> !one.llm.starts.isEmpty());

        llmWire.cut();

        assertAnswered(whole);
        assertThat(whole.join().body()).contains(question).containsOnlyOnce("(user)");
        assertThat(two.llm.starts).isNotEmpty();
    }

    @Test
    void aStreamWithoutAPieceYetIsWrittenByAnother() throws Exception {
        start();
        String question = questionFor(one);
        one.llm.stallAfter = 0;
        CompletableFuture<HttpResponse<String>> stream = gateway.chatAsync(Bodies.textStream(question));
        await().until(() -> !one.llm.starts.isEmpty());

        llmWire.cut();

        assertThat(stream.join().body())
                .contains(question, "[DONE]")
                .doesNotContain("\"error\"")
                .containsOnlyOnce("\"role\"");
    }

    @Test
    void aBrokenFrameIsLikeABrokenConnection() throws Exception {
        start();
        one.encoder.behaviour.hang = true;
        List<CompletableFuture<HttpResponse<String>>> caught = askAboutPictures(8);
        await().until(() -> one.encoder.behaviour.calls.get() > 0);

        encoderWire.garble();

        one.encoder.behaviour.hang = false;
        caught.forEach(ReplicasTest::assertAnswered);
    }

    @Test
    void aFullQueueIsLeftForAnother() throws Exception {
        start();
        for (int i = 0; i < 50; i++) {
            one.encoder.behaviour.failures.add(full());
            one.projector.behaviour.failures.add(full());
            one.llm.behaviour.failures.add(full());
        }
        askAboutPictures(10).forEach(ReplicasTest::assertAnswered);
        assertThat(one.encoder.behaviour.calls).hasPositiveValue();

        for (int i = 0; i < 5; i++) {
            two.llm.behaviour.failures.add(full());
        }
        HttpResponse<String> refused = gateway.chat(Bodies.text("Hm?"));
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().firstValue("retry-after")).isPresent();
        assertThat(refused.body()).contains("The queue of the LLM is full");
    }

    @Test
    void oneThatDrainsGetsNoMoreCalls() throws Exception {
        start();
        one.health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.NOT_SERVING);
        await().until(() -> replicas("encoder", "draining") == 1
                && replicas("projector", "draining") == 1
                && replicas("llm", "draining") == 1);

        askAboutPictures(8).forEach(ReplicasTest::assertAnswered);

        assertThat(one.encoder.behaviour.calls).hasValue(0);
        assertThat(one.projector.behaviour.calls).hasValue(0);
        assertThat(one.llm.behaviour.calls).hasValue(0);
    }

    @Test
    void aDescriptionThatDoesNotComeTakesNoModelAway() throws Exception {
        start();
        one.encoder.reticent = true;
        two.encoder.reticent = true;

        // Longer than a stage may take for its description, and longer than it may be silent.
        await().during(Duration.ofSeconds(3)).atMost(Duration.ofSeconds(8)).until(() -> {
            assertAnswered(gateway.chatAsync(Bodies.image(7, "Hm?")));
            return gateway.readiness().statusCode() == 200;
        });
    }

    @Test
    void twoSetsOfWeightsNeverMix() throws Exception {
        two.serve("r2");
        start();

        askAboutPictures(30).forEach(ReplicasTest::assertAnswered);

        assertThat(one.projector.behaviour.producers).isNotEmpty().containsOnly("e1");
        assertThat(one.llm.behaviour.producers).isNotEmpty().containsOnly("p1");
        assertThat(two.projector.behaviour.producers).isNotEmpty().containsOnly("eva02-clip-r2");
        assertThat(two.llm.behaviour.producers).isNotEmpty().containsOnly("pargo-r2");
    }

    @Test
    void aRequestWhoseSetFallsApartStartsAgainWithTheOther() throws Exception {
        two.serve("r2");
        start();
        one.projector.behaviour.hang = true;
        List<CompletableFuture<HttpResponse<String>>> caught = askAboutPictures(12);
        await().until(() -> one.projector.behaviour.calls.get() > 0);

        one.stopEncoder();
        projectorWire.cut();

        caught.forEach(ReplicasTest::assertAnswered);
        assertThat(two.llm.behaviour.producers).containsOnly("pargo-r2");
    }

    @Test
    void anIncompleteSetIsNotUsed() throws Exception {
        two.serve("r2");
        two.stopEncoder();
        launch();
        await().until(() -> replicas("llm", "ready") == 2 && replicas("encoder", "ready") == 1);

        askAboutPictures(12).forEach(ReplicasTest::assertAnswered);

        assertThat(two.projector.behaviour.calls).hasValue(0);
        assertThat(two.llm.behaviour.calls).hasValue(0);
    }

    @Test
    void aRequestWaitsForAStageThatIsOnItsWay() throws Exception {
        start();
        one.stopEncoder();
        two.stopEncoder();
        gateway.awaitReadiness(503);
        CompletableFuture<HttpResponse<String>> waiting = gateway.chatAsync(Bodies.image(7, "Hm?"));
        await().until(() -> gateway.active() == 1);

        two.startEncoder();

        assertAnswered(waiting);
    }

    @Test
    void aRequestWaitsForTheFirstStages() throws Exception {
        for (LoopbackStages replica : List.of(one, two)) {
            replica.stopLlm();
            replica.stopEncoder();
        }
        launch();
        CompletableFuture<HttpResponse<String>> waiting = gateway.chatAsync(Bodies.image(7, "Hm?"));
        await().until(() -> gateway.active() == 1);

        two.startLlm();
        two.startEncoder();

        assertAnswered(waiting);
    }

    @Test
    void questionsOnOnePictureMeetAtOneLlm() throws Exception {
        start();
        for (int picture = 0; picture < 8; picture++) {
            String first = Bodies.image(picture, "What is it?");
            int before = one.llm.behaviour.calls.get();

            gateway.chat(first);
            gateway.chat(first.replace("What is it?", "Where is it?"));
            gateway.chat(first.replace("What is it?", "Why is it?"));

            assertThat(one.llm.behaviour.calls.get() - before).isIn(0, 3);
        }
        assertThat(one.llm.behaviour.calls.get()).as("of 24 calls").isStrictlyBetween(0, 24);
    }

    /** A question that the LLM of these stages is chosen for. */
    private String questionFor(LoopbackStages replica) throws Exception {
        for (int i = 0; ; i++) {
            String question = "Question " + i;
            int before = replica.llm.behaviour.calls.get();
            gateway.chat(Bodies.text(question));
            if (replica.llm.behaviour.calls.get() > before) {
                one.llm.starts.clear();
                two.llm.starts.clear();
                return question;
            }
        }
    }

    private List<CompletableFuture<HttpResponse<String>>> askAboutPictures(int requests) {
        return IntStream.range(0, requests)
                .mapToObj(i -> gateway.chatAsync(Bodies.image(i, "Hm?")))
                .toList();
    }

    private static void assertAnswered(CompletableFuture<HttpResponse<String>> answer) {
        assertThat(answer.join().statusCode()).as(answer.join().body()).isEqualTo(200);
    }

    /** Starts a gateway and waits until it knows all replicas. */
    private void start() {
        launch();
        await().until(() -> replicas("encoder", "ready") == 2
                && replicas("projector", "ready") == 2
                && replicas("llm", "ready") == 2);
    }

    private void launch() {
        gateway = RunningGateway.startUnready(
                "--pargo.replicas.silent-after=500ms",
                "--pargo.replicas.lost-after=2s",
                "--pargo.replicas.check-timeout=1s",
                "--pargo.replicas.patience=10s",
                target("encoder", encoderWire, two.encoderPort()),
                target("projector", projectorWire, two.projectorPort()),
                target("llm", llmWire, two.llmPort()));
    }

    private static String target(String stage, Wire first, int second) {
        return "--pargo.pipelines[0].%s=static://%s,127.0.0.1:%d".formatted(stage, first.target(), second);
    }

    private int replicas(String stage, String state) throws Exception {
        String line = "pargo_gateway_replicas{stage=\"%s\",state=\"%s\"} ".formatted(stage, state);
        String metrics = gateway.actuator("prometheus").body();
        int at = metrics.indexOf(line);
        return at < 0
                ? 0
                : (int) Double.parseDouble(metrics.substring(at + line.length()).split("\\s", 2)[0]);
    }

    private static RuntimeException full() {
        return new StageError(ErrorReason.QUEUE_FULL, "queue full").toException();
    }
}
