package dev.pargo.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pargo.gateway.loopback.LoopbackStages;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import io.grpc.Status;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An image that is cached or being computed is not computed again, and the request that computes it may be cancelled.
 */
class VisualCacheTest {

    @RegisterExtension
    static final GatewayExtension running = GatewayExtension.start();

    private static final LoopbackStages stages = running.stages;
    private static final RunningGateway gateway = running.gateway;

    private int hits;
    private int joins;
    private int misses;

    @BeforeEach
    void reset() {
        hits = gateway.images("hit");
        joins = gateway.images("joined");
        misses = gateway.images("miss");
    }

    @Test
    void sparesAKnownImageItsWay() throws Exception {
        String body = Bodies.image(7, "Hm?");
        JsonNode first = json(gateway.chat(body));
        JsonNode second = json(gateway.chat(body));

        assertThat(stages.encoder.behaviour.calls).hasValue(1);
        assertThat(stages.projector.behaviour.calls).hasValue(1);
        assertThat(second.at("/choices/0")).isEqualTo(first.at("/choices/0"));
        assertThat(cachedImages(first)).isZero();
        assertThat(cachedImages(second)).isEqualTo(1);
        assertThat(second.at("/timings/encode_ms").asDouble()).isZero();
        assertThat(second.at("/timings/project_ms").asDouble()).isZero();
        assertThat(second.at("/timings/network_ms").asDouble())
                .as("of the LLM alone")
                .isEqualTo(3);
        assertThat(second.at("/usage/visual_tokens").asInt()).isEqualTo(1);
        assertLookups(1, 0, 1);
    }

    @Test
    void tellsImagesApart() throws Exception {
        String body = Bodies.image(7, "Hm?");
        gateway.chat(body);

        assertThat(cachedImages(json(gateway.chat(Bodies.image(7, "Hm?"))))).isZero();
        assertLookups(0, 0, 2);
    }

    @Test
    void makesAnImageOnceForAllWhoAskAtOnce() {
        CompletableFuture<Void> release = hold();
        String body = Bodies.image(7, "Hm?");
        List<CompletableFuture<HttpResponse<String>>> answers =
                Stream.generate(() -> gateway.chatAsync(body)).limit(20).toList();
        awaitJoined(19);
        release.complete(null);

        assertThat(answers)
                .extracting(CompletableFuture::join)
                .allMatch(answer -> answer.statusCode() == 200 && answer.body().contains("[7 x 4980736]"));
        assertThat(answers.stream().mapToInt(answer -> cachedImages(json(answer.join()))))
                .containsOnlyOnce(0);
        assertThat(stages.encoder.behaviour.calls).hasValue(1);
        assertLookups(0, 19, 1);
    }

    @Test
    void anotherTakesOverWhenTheLeaderLeaves() {
        CompletableFuture<Void> never = hold();
        String body = Bodies.image(7, "Hm?");
        CompletableFuture<?> leader = gateway.chatAsync(body);
        awaitEncoderCalls(1);
        List<CompletableFuture<HttpResponse<String>>> followers =
                Stream.generate(() -> gateway.chatAsync(body)).limit(3).toList();
        awaitJoined(3);
        CompletableFuture<Void> release = hold();

        leader.cancel(true);
        awaitEncoderCalls(2);
        assertThat(stages.encoder.behaviour.cancellations).as("of the leader").hasSize(1);
        release.complete(null);

        assertThat(followers).extracting(CompletableFuture::join).allMatch(answer -> answer.statusCode() == 200);
        assertThat(stages.encoder.behaviour.calls).hasValue(2);
        assertThat(never).isNotDone();
    }

    @Test
    void theLeaderStaysWhenAFollowerLeaves() {
        CompletableFuture<Void> release = hold();
        String body = Bodies.image(7, "Hm?");
        CompletableFuture<HttpResponse<String>> leader = gateway.chatAsync(body);
        awaitEncoderCalls(1);
        CompletableFuture<?> follower = gateway.chatAsync(body);
        awaitJoined(1);

        follower.cancel(true);
        await().until(() -> gateway.active() == 1);
        release.complete(null);

        assertThat(leader.join().statusCode()).isEqualTo(200);
        assertThat(stages.encoder.behaviour.cancellations).isEmpty();
    }

    @Test
    void allWhoWaitLearnWhatIsWrongWithTheImage() throws Exception {
        CompletableFuture<Void> release = hold();
        String body = Bodies.image(7, "Hm?");
        List<CompletableFuture<HttpResponse<String>>> answers =
                Stream.generate(() -> gateway.chatAsync(body)).limit(3).toList();
        awaitJoined(2);
        release.completeExceptionally(
                new StageError(ErrorReason.IMAGE_UNDECODABLE, "the image is no good").toException());

        assertThat(answers)
                .extracting(CompletableFuture::join)
                .allMatch(answer -> answer.statusCode() == 400 && answer.body().contains("the image is no good"));
        assertThat(stages.encoder.behaviour.calls).hasValue(1);

        stages.reset();
        assertThat(gateway.chat(body).statusCode()).as("failures are not kept").isEqualTo(200);
    }

    @Test
    void allWhoWaitTryAgainTogetherWhenTheEncoderGoesAway() {
        CompletableFuture<Void> release = hold();
        String body = Bodies.image(7, "Hm?");
        List<CompletableFuture<HttpResponse<String>>> answers =
                Stream.generate(() -> gateway.chatAsync(body)).limit(5).toList();
        awaitJoined(4);
        CompletableFuture<Void> second = hold();
        release.completeExceptionally(Status.UNAVAILABLE.asRuntimeException());
        awaitEncoderCalls(2);
        second.complete(null);

        assertThat(answers).extracting(CompletableFuture::join).allMatch(answer -> answer.statusCode() == 200);
        assertThat(stages.encoder.behaviour.calls).hasValue(2);
    }

    @Test
    void aKnownImageDoesNotWaitForOneThatIsBeingMade() throws Exception {
        String known = Bodies.image(7, "Hm?");
        gateway.chat(known);
        CompletableFuture<Void> release = hold();
        List<CompletableFuture<HttpResponse<String>>> slow = Stream.generate(
                        () -> gateway.chatAsync(Bodies.image(8, "Hm?")))
                .limit(20)
                .toList();
        awaitEncoderCalls(21);

        for (int i = 0; i < 20; i++) {
            assertThat(gateway.chat(known).statusCode()).isEqualTo(200);
        }
        assertThat(slow).noneMatch(CompletableFuture::isDone);
        release.complete(null);
        CompletableFuture.allOf(slow.toArray(CompletableFuture[]::new)).join();
    }

    @Test
    void canBeSwitchedOff() throws Exception {
        try (RunningGateway without = RunningGateway.start(stages, "--pargo.gateway.visual-cache=0")) {
            String body = Bodies.image(7, "Hm?");
            without.chat(body);

            assertThat(cachedImages(json(without.chat(body)))).isZero();
        }
        assertThat(stages.encoder.behaviour.calls).hasValue(2);
    }

    @Test
    void forgetsWhenItsMemoryIsFull() throws Exception {
        // Visual tokens of an image take 4.75 MB.
        try (RunningGateway small = RunningGateway.start(stages, "--pargo.gateway.visual-cache=10MB")) {
            List<String> bodies =
                    Stream.generate(() -> Bodies.image(7, "Hm?")).limit(3).toList();
            for (String body : bodies) {
                small.chat(body);
            }

            assertThat(cachedImages(json(small.chat(bodies.get(2))))).isEqualTo(1);
            assertThat(cachedImages(json(small.chat(bodies.get(1))))).isEqualTo(1);
            assertThat(cachedImages(json(small.chat(bodies.get(0))))).isZero();
        }
    }

    /** From now on the encoder's answers wait until this is completed. */
    private static CompletableFuture<Void> hold() {
        CompletableFuture<Void> release = new CompletableFuture<>();
        stages.encoder.behaviour.release = release;
        return release;
    }

    private static void awaitEncoderCalls(int calls) {
        await().pollInterval(Duration.ofMillis(10)).until(() -> stages.encoder.behaviour.calls.get() == calls);
    }

    private void awaitJoined(int requests) {
        await().pollInterval(Duration.ofMillis(10)).until(() -> gateway.images("joined") - joins == requests);
    }

    private void assertLookups(int hit, int joined, int missed) {
        assertThat(gateway.images("hit") - hits).as("hits").isEqualTo(hit);
        assertThat(gateway.images("joined") - joins).as("joined").isEqualTo(joined);
        assertThat(gateway.images("miss") - misses).as("misses").isEqualTo(missed);
    }

    private static int cachedImages(JsonNode answer) {
        return answer.at("/usage/prompt_tokens_details/cached_images").asInt();
    }

    private static JsonNode json(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(response.body());
    }
}
