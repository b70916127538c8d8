package dev.pargo.stage;

import static dev.pargo.stage.ToyProjector.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.pargo.proto.CallHeaders;
import dev.pargo.proto.Checksums;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.proto.WireTensor;
import dev.pargo.proto.v1.DescribeRequest;
import dev.pargo.proto.v1.ProjectorGrpc;
import dev.pargo.proto.v1.StageIdentity;
import dev.pargo.proto.v1.TensorChunk;
import dev.pargo.stage.call.BatchedStage;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

/** A whole stage service around a toy network, as a client and an operator see it. */
@ExtendWith(OutputCaptureExtension.class)
class StageServiceTest {

    private static final Semaphore GATE = new Semaphore(0);

    private ConfigurableApplicationContext service;
    private ManagedChannel channel;

    @AfterEach
    void stop() {
        GATE.release(1_000);
        if (channel != null) {
            channel.shutdownNow();
        }
        if (service != null) {
            service.close();
        }
        GATE.drainPermits();
    }

    @Test
    void servesAndTellsWhatItServes() throws Exception {
        start(0);
        GATE.release();

        assertThat(project(1, 2, 3)).containsExactly(2f, 3f, 4f);
        assertThat(get("info")).contains("\"model\":\"toy\"").contains("\"fingerprint\":\"0123\"");
        assertThat(get("health/readiness")).contains("\"status\":\"UP\"");
        assertThat(get("prometheus"))
                .contains("pargo_stage_requests_total{outcome=\"completed\",stage=\"toy\"} 1.0")
                .contains("pargo_stage_queue_depth{stage=\"toy\"} 0.0");
        await().untilAsserted(() -> {
            assertThat(grpcHealth("")).isEqualTo(ServingStatus.SERVING);
            assertThat(grpcHealth("pargo.v1.Projector")).isEqualTo(ServingStatus.SERVING);
        });
    }

    @Test
    void readsNoBodies() throws Exception {
        start(0);
        List<Socket> slow = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            slow.add(send("GET /actuator/health HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 1000\r\n\r\n{"));
            slow.add(send("PUT /actuator/info HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
                    + "Content-Type: application/x-www-form-urlencoded\r\n\r\n5\r\na"));
        }

        assertThat(get("health/readiness")).contains("\"status\":\"UP\"");
        for (Socket socket : slow) {
            try (socket) {
                assertThat(new String(socket.getInputStream().readAllBytes())).startsWith("HTTP/1.1 413 ");
            }
        }
    }

    @Test
    void oneAddressHasItsShareOfTheConnections() throws Exception {
        start(0);
        List<Socket> idle = new ArrayList<>();
        try {
            for (int i = 0; i < 512; i++) {
                idle.add(send(""));
            }

            await().untilAsserted(() -> {
                try (Socket beyond = send("")) {
                    assertThat(beyond.getInputStream().read()).isNegative();
                }
            });
        } finally {
            for (Socket socket : idle) {
                socket.close();
            }
        }
        await().ignoreExceptions()
                .untilAsserted(() -> assertThat(get("health/readiness")).contains("\"status\":\"UP\""));
    }

    @Test
    void healthShowsNoDetails() throws Exception {
        start(0);

        assertThat(get("health")).contains("\"diskSpace\"").doesNotContain("\"details\"", "path");
    }

    @Test
    void turnsUnhealthyWhenItsDeviceCrashes() throws Exception {
        start(0);
        GATE.release();

        assertThatThrownBy(() -> project(-2, 0, 0)).isInstanceOf(StatusException.class);

        await().untilAsserted(() -> {
            assertThat(get("health/readiness")).contains("\"stage\":{\"status\":\"DOWN\"}");
            assertThat(grpcHealth("pargo.v1.Projector")).isEqualTo(ServingStatus.NOT_SERVING);
        });
        assertThatThrownBy(() -> project(1, 1, 1))
                .satisfies(error ->
                        assertThat(StageError.of(error).orElseThrow().reason()).isEqualTo(ErrorReason.DEVICE_LOST));
    }

    @Test
    void hidesTheTextOfUnexpectedExceptions() {
        start(0);

        assertThatThrownBy(() -> ProjectorGrpc.newBlockingStub(channel).describe(DescribeRequest.getDefaultInstance()))
                .satisfies(error -> {
                    assertThat(Status.fromThrowable(error).getCode()).isEqualTo(Status.Code.INTERNAL);
                    assertThat(error.getMessage()).doesNotContain("secret");
                    assertThat(StageError.of(error).orElseThrow().reason()).isEqualTo(ErrorReason.INTERNAL);
                });
    }

    @Test
    void saysInOneLineWhichRequestFailed(CapturedOutput output) throws Exception {
        start(0);
        GATE.release();
        Metadata headers = new Metadata();
        headers.put(CallHeaders.REQUEST_ID, "mine-7");
        BlockingClientCall<TensorChunk, TensorChunk> call = ProjectorGrpc.newBlockingV2Stub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                .project();
        write(call, -1, 0, 0);

        assertThatThrownBy(call::read).isInstanceOf(StatusException.class);

        assertThat(output.toString().lines().filter(line -> line.contains("A request failed")))
                .singleElement()
                .asString()
                .contains("[mine-7]", "secret of the library");
        assertThat(output).doesNotContain("\tat ");
    }

    @Test
    void tellsNobodyWhatItCanDo() {
        start(0);
        CompletableFuture<Status> end = new CompletableFuture<>();
        ServerReflectionGrpc.newStub(channel).serverReflectionInfo(new StreamObserver<>() {
            @Override
            public void onNext(ServerReflectionResponse response) {}

            @Override
            public void onError(Throwable failure) {
                end.complete(Status.fromThrowable(failure));
            }

            @Override
            public void onCompleted() {
                end.complete(Status.OK);
            }
        });

        assertThat(end.orTimeout(10, TimeUnit.SECONDS).join().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
    }

    @Test
    void refusesMessagesOverOneMebibyte() throws Exception {
        start(0);
        BlockingClientCall<TensorChunk, TensorChunk> call = call();
        call.write(tensor(1, 2, 3).chunks().next());
        call.write(Checksums.seal(TensorChunk.newBuilder().setData(ByteString.copyFrom(new byte[1 << 20]))));

        assertThatThrownBy(call::read)
                .satisfies(error ->
                        assertThat(Status.fromThrowable(error).getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED));
    }

    @Test
    void endsRunningCallsAndRefusesNewOnesWhenItStops() throws Exception {
        // Spring's own limit of a shutdown does not cut the drain short.
        start(0, "--spring.lifecycle.timeout-per-shutdown-phase=1ms");
        BatchedStage<?> stage = service.getBean(BatchedStage.class);
        BlockingClientCall<TensorChunk, TensorChunk> running = call();
        write(running, 1, 2, 3);
        await().until(() -> stage.admission().requests() == 1);

        CompletableFuture<Void> stopped = CompletableFuture.runAsync(service::close);
        await().untilAsserted(() -> assertThatThrownBy(() -> project(1, 1, 1))
                .satisfies(error ->
                        assertThat(Status.fromThrowable(error).getCode()).isEqualTo(Status.Code.UNAVAILABLE)));
        GATE.release();

        assertThat(read(running)).containsExactly(2f, 3f, 4f);
        stopped.get(10, TimeUnit.SECONDS);
    }

    @Test
    void saysThatItStopsBeforeItRefusesCalls() throws Exception {
        start(0, "--pargo.stage.drain-announcement=2s");
        await().until(() -> grpcHealth("") == ServingStatus.SERVING);
        GATE.release();

        CompletableFuture<Void> stopped = CompletableFuture.runAsync(service::close);

        await().atMost(2, TimeUnit.SECONDS).until(() -> grpcHealth("") == ServingStatus.NOT_SERVING);
        assertThat(project(1, 2, 3)).containsExactly(2f, 3f, 4f);
        stopped.get(10, TimeUnit.SECONDS);
    }

    @Test
    void listensOnTheAddressThatIsWrittenAndOnNoOther() throws Exception {
        // The host name of this address may resolve to another address.
        start(0, "--spring.grpc.server.address=127.0.0.3");
        int port = service.getBean(GrpcServerLifecycle.class).getPort();

        try (Socket socket = new Socket("127.0.0.3", port)) {
            assertThat(socket.isConnected()).isTrue();
        }
        assertThatThrownBy(() -> new Socket("127.0.0.1", port)).isInstanceOf(ConnectException.class);
        assertThatThrownBy(() -> new Socket("127.0.0.2", port)).isInstanceOf(ConnectException.class);
    }

    @Test
    void saysInOneLineWhichPortIsTaken(CapturedOutput output) throws IOException {
        try (ServerSocket taken = new ServerSocket(0)) {
            int port = taken.getLocalPort();
            assertThatThrownBy(() -> start(port)).hasMessageContaining("port " + port);

            assertThat(output).contains("Cannot start: cannot listen on 127.0.0.1 port " + port);
        }
        assertThat(output).doesNotContain("\tat ");
    }

    @Test
    void saysInOneLineWhatTheOperatorCanMend(CapturedOutput output) {
        assertThatThrownBy(() -> start(0, "--toy.broken=true")).hasRootCauseInstanceOf(BrokenToyException.class);

        assertThat(output).contains("Cannot start: the toy is broken").doesNotContain("\tat ");
        assertThat(output.toString().lines().filter(line -> line.contains("ERROR") || line.contains("WARN")))
                .hasSize(1);
    }

    private void start(int port, String... arguments) {
        List<String> all = new ArrayList<>(List.of(
                "--spring.config.import=classpath:stage.yml",
                "--spring.grpc.server.health.service.[pargo.v1.Projector].include=stage",
                "--spring.grpc.server.health.schedule.period=50ms",
                "--server.port=0",
                "--pargo.stage.watchdog.exit-after=10m",
                "--pargo.stage.name=toy",
                "--pargo.stage.model=toy"));
        all.addAll(List.of(arguments));
        all.add("--spring.grpc.server.port=" + port);
        SpringApplication application = new SpringApplication(Toy.class);
        application.setDefaultProperties(Map.of("pargo.stage.drain-announcement", "0ms"));
        // For the check at the start.
        GATE.release();
        service = application.run(all.toArray(String[]::new));
        channel = NettyChannelBuilder.forAddress(
                        "127.0.0.1", service.getBean(GrpcServerLifecycle.class).getPort())
                .usePlaintext()
                .build();
    }

    private List<Float> project(float... values) throws Exception {
        BlockingClientCall<TensorChunk, TensorChunk> call = call();
        write(call, values);
        return read(call);
    }

    private BlockingClientCall<TensorChunk, TensorChunk> call() {
        return ProjectorGrpc.newBlockingV2Stub(channel)
                .withDeadlineAfter(10, TimeUnit.SECONDS)
                .project();
    }

    private static void write(BlockingClientCall<TensorChunk, TensorChunk> call, float... values) throws Exception {
        for (var chunks = tensor(values).chunks(); chunks.hasNext(); ) {
            call.write(chunks.next());
        }
        call.halfClose();
    }

    private static List<Float> read(BlockingClientCall<TensorChunk, TensorChunk> call) throws Exception {
        List<TensorChunk> answer = new ArrayList<>();
        for (TensorChunk chunk = call.read(); chunk != null; chunk = call.read()) {
            answer.add(chunk);
        }
        return ToyProjector.numbers(answer.iterator());
    }

    private ServingStatus grpcHealth(String name) {
        return HealthGrpc.newBlockingStub(channel)
                .check(HealthCheckRequest.newBuilder().setService(name).build())
                .getStatus();
    }

    private Socket send(String request) throws IOException {
        int port = service.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(5_000);
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private String get(String endpoint) throws Exception {
        String port = service.getEnvironment().getProperty("local.server.port");
        URI uri = URI.create("http://127.0.0.1:" + port + "/actuator/" + endpoint);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                .body();
    }

    static final class BrokenToyException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        BrokenToyException() {
            super("the toy is\n  broken");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(BatchedStageConfiguration.class)
    static class Toy {

        @Bean
        StageIdentity identity(org.springframework.core.env.Environment environment) {
            if (environment.getProperty("toy.broken", Boolean.class, false)) {
                throw new BrokenToyException();
            }
            return StageIdentity.newBuilder()
                    .setBundle("toy")
                    .setFingerprint("0123")
                    .build();
        }

        @Bean
        BatchedStage<WireTensor> batchedStage(StageServices services) {
            return services.batched("add", inputs -> ToyProjector.addOne(GATE, inputs), ToyProjector.tensor(1, 2, 3));
        }

        @Bean
        ToyProjector toyProjector(BatchedStage<WireTensor> stage) {
            return new ToyProjector(stage);
        }
    }
}
