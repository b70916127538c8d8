package dev.pargo.llm.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pargo.llm.LlmServiceApplication;
import dev.pargo.llm.engine.Engine;
import dev.pargo.llm.engine.GenerationListener;
import dev.pargo.llm.engine.GenerationRequest;
import dev.pargo.llm.engine.GenerationSummary;
import dev.pargo.llm.engine.Penalties;
import dev.pargo.llm.engine.PromptKeys;
import dev.pargo.llm.engine.RequestOrigin;
import dev.pargo.models.llm.PromptPart;
import dev.pargo.models.llm.SamplingParams;
import dev.pargo.models.llm.Step;
import dev.pargo.proto.Checksums;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.proto.v1.DescribeRequest;
import dev.pargo.proto.v1.GenerateRequest;
import dev.pargo.proto.v1.GenerateResponse;
import dev.pargo.proto.v1.GenerateStart;
import dev.pargo.proto.v1.LlmGrpc;
import dev.pargo.proto.v1.PromptSegment;
import dev.pargo.stage.status.StageHealth;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.BlockingClientCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

/** How the service ends: by a shutdown, and by a crash. */
class ServiceEndTest {

    private ConfigurableApplicationContext service;
    private ManagedChannel channel;

    @BeforeEach
    void start() {
        service = new SpringApplicationBuilder(LlmServiceApplication.class)
                .web(WebApplicationType.NONE)
                .run(
                        "--spring.grpc.server.port=0",
                        "--server.port=0",
                        "--pargo.stage.model=../bundle/pargo-mini",
                        "--pargo.stage.watchdog.exit-after=10m",
                        "--pargo.llm.sequences=2");
        channel = ManagedChannelBuilder.forAddress(
                        "localhost", service.getBean(GrpcServerLifecycle.class).getPort())
                .usePlaintext()
                .build();
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        service.close();
    }

    private BlockingClientCall<GenerateRequest, GenerateResponse> ask(int tokens) throws Exception {
        BlockingClientCall<GenerateRequest, GenerateResponse> call = LlmGrpc.newBlockingV2Stub(channel)
                .withDeadlineAfter(Duration.ofSeconds(60))
                .generate();
        call.write(Checksums.seal(GenerateRequest.newBuilder()
                .setStart(GenerateStart.newBuilder()
                        .addPrompt(PromptSegment.newBuilder().setControl("<s>"))
                        .addPrompt(PromptSegment.newBuilder().setText("USER: hello\nASSISTANT: "))
                        .setIgnoreEos(true)
                        .setMaxTokens(tokens))));
        call.halfClose();
        return call;
    }

    private static int tokens(BlockingClientCall<GenerateRequest, GenerateResponse> call) throws Exception {
        int tokens = 0;
        for (GenerateResponse next = call.read(); next != null; next = call.read()) {
            tokens += next.getDelta().getTokenIdsCount();
            if (next.hasFinished()) {
                assertThat(next.getFinished().getCompletionTokens()).isEqualTo(tokens);
            }
        }
        return tokens;
    }

    @Test
    void drainingLetsRunningAndWaitingStreamsFinishAndRefusesNewOnes() throws Exception {
        List<BlockingClientCall<GenerateRequest, GenerateResponse>> calls = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            calls.add(ask(200));
        }
        // Two of the four answers are being written and two wait; the stage has admitted all of them.
        assertThat(calls.get(0).read().hasQueued()).isTrue();
        LlmHost host = service.getBean(LlmHost.class);
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> host.admission().requests() == 4);
        CompletableFuture<Void> closed = CompletableFuture.runAsync(service::close);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThatThrownBy(this::describe).satisfies(ServiceEndTest::isUnavailable));
        assertThatThrownBy(() -> tokens(ask(1))).satisfies(ServiceEndTest::isUnavailable);
        for (BlockingClientCall<GenerateRequest, GenerateResponse> call : calls) {
            assertThat(tokens(call)).isEqualTo(200);
        }
        closed.get(30, TimeUnit.SECONDS);
    }

    @Test
    void aCrashTurnsHealthDownAndFailsEveryCall() throws Exception {
        assertThat(health()).isEqualTo(ServingStatus.SERVING);
        BlockingClientCall<GenerateRequest, GenerateResponse> running = ask(480);
        assertThat(running.read().hasQueued()).isTrue();
        service.getBean(Engine.class).submit(fatal(), new GenerationListener() {
            @Override
            public void onStarted() {}

            @Override
            public void onText(Piece piece) {}

            @Override
            public void onFinished(GenerationSummary summary) {}

            @Override
            public void onFailed(RuntimeException failure) {}
        });
        assertThatThrownBy(() -> tokens(running)).satisfies(ServiceEndTest::isDeviceLost);
        assertThatThrownBy(() -> tokens(ask(1))).satisfies(ServiceEndTest::isDeviceLost);
        assertThat(service.getBean(StageHealth.class).health().getStatus())
                .isEqualTo(org.springframework.boot.health.contributor.Status.DOWN);
        await().untilAsserted(() -> assertThat(health()).isEqualTo(ServingStatus.NOT_SERVING));
    }

    private static void isUnavailable(Throwable failure) {
        assertThat(Status.fromThrowable(failure).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }

    private static void isDeviceLost(Throwable failure) {
        isUnavailable(failure);
        assertThat(StageError.of(failure).orElseThrow().reason()).isEqualTo(ErrorReason.DEVICE_LOST);
    }

    private void describe() throws Exception {
        LlmGrpc.newBlockingV2Stub(channel)
                .withDeadlineAfter(Duration.ofSeconds(5))
                .describe(DescribeRequest.getDefaultInstance());
    }

    private ServingStatus health() {
        return HealthGrpc.newBlockingStub(channel)
                .withDeadlineAfter(5, TimeUnit.SECONDS)
                .check(HealthCheckRequest.newBuilder()
                        .setService("pargo.v1.Llm")
                        .build())
                .getStatus();
    }

    /** A request that ends the device's thread. */
    private static GenerationRequest fatal() {
        List<PromptPart> prompt = List.of(new PromptPart.Tokens(new int[] {1}));
        return new GenerationRequest(
                new RequestOrigin("request", "client"),
                prompt,
                PromptKeys.of(prompt),
                false,
                Step.BASE,
                1,
                SamplingParams.GREEDY,
                Penalties.NONE,
                null,
                0,
                0,
                1,
                List.of(),
                List.of(),
                null,
                null,
                () -> {
                    throw new OutOfMemoryError("as if the device were gone");
                },
                null,
                "",
                Long.MAX_VALUE / 2 + System.nanoTime());
    }
}
