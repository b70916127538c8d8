package dev.pargo.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.config.ConfigException;
import dev.pargo.models.image.file.ImageDecoder;
import dev.pargo.models.image.file.ImageLimits;
import dev.pargo.models.picture.PicturePixels;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.proto.Checksums;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.proto.TensorAssembler;
import dev.pargo.proto.TensorSpec;
import dev.pargo.proto.WireTensor;
import dev.pargo.proto.inference.GRPCInferenceServiceGrpc;
import dev.pargo.proto.inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import dev.pargo.proto.inference.InferParameter;
import dev.pargo.proto.inference.InferTensorContents;
import dev.pargo.proto.inference.ModelInferRequest;
import dev.pargo.proto.inference.ModelInferRequest.InferInputTensor;
import dev.pargo.proto.inference.ModelInferRequest.InferRequestedOutputTensor;
import dev.pargo.proto.inference.ModelInferResponse;
import dev.pargo.proto.inference.ModelMetadataRequest;
import dev.pargo.proto.inference.ModelMetadataResponse;
import dev.pargo.proto.inference.ModelReadyRequest;
import dev.pargo.proto.inference.ServerLiveRequest;
import dev.pargo.proto.inference.ServerReadyRequest;
import dev.pargo.proto.v1.DescribeRequest;
import dev.pargo.proto.v1.EncodeRequest;
import dev.pargo.proto.v1.EncoderDescription;
import dev.pargo.proto.v1.EncoderGrpc;
import dev.pargo.proto.v1.ImageHeader;
import dev.pargo.proto.v1.TensorChunk;
import dev.pargo.stage.admission.Admission;
import dev.pargo.stage.call.BatchedStage;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.BlockingClientCall;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

/** Two real services with pargo-mini: one answers the Open Inference Protocol, the other has its network there. */
class RemoteNetworkTest {

    private static final int SIDE = 168;

    private final List<ConfigurableApplicationContext> services = new ArrayList<>();
    private final List<ManagedChannel> channels = new ArrayList<>();

    @AfterEach
    void stop() {
        channels.forEach(ManagedChannel::shutdownNow);
        services.forEach(ConfigurableApplicationContext::close);
    }

    @Test
    void answersAPictureAsEncodeDoes() throws Exception {
        ManagedChannel server = channel(serving());

        ModelInferResponse answer = infer(server, request("encoder", image(picture(1))));

        assertThat(answer.getId()).isEqualTo("42");
        assertThat(answer.getModelVersion())
                .isEqualTo(describe(server).getIdentity().getFingerprint());
        assertThat(answer.getOutputs(0).getName()).isEqualTo("features");
        assertThat(answer.getOutputs(0).getDatatype()).isEqualTo("FP32");
        assertThat(answer.getOutputs(0).getShapeList()).containsExactly(144L, 192L);
        assertThat(answer.getRawOutputContents(0).asReadOnlyByteBuffer())
                .isEqualTo(encode(server, picture(1)).data());
    }

    @Test
    void answersPixelValuesAsEncodeDoes() throws Exception {
        ConfigurableApplicationContext service = serving();
        ManagedChannel server = channel(service);

        ModelInferResponse answer = infer(server, request("vision", pixels(service, picture(2))));

        assertThat(answer.getOutputs(0).getShapeList()).containsExactly(1L, 144L, 192L);
        assertThat(answer.getRawOutputContents(0).asReadOnlyByteBuffer())
                .isEqualTo(encode(server, picture(2)).data());
    }

    @Test
    void readsElementsThatAreNotRaw() throws Exception {
        ManagedChannel server = channel(serving());
        ModelInferRequest typed = ModelInferRequest.newBuilder()
                .setModelName("encoder")
                .addInputs(InferInputTensor.newBuilder()
                        .setName("image")
                        .setDatatype("BYTES")
                        .addShape(1)
                        .setContents(
                                InferTensorContents.newBuilder().addBytesContents(ByteString.copyFrom(picture(3)))))
                .build();

        assertThat(infer(server, typed).getRawOutputContents(0).asReadOnlyByteBuffer())
                .isEqualTo(encode(server, picture(3)).data());
    }

    @Test
    void describesItsModels() {
        ManagedChannel server = channel(serving());
        GRPCInferenceServiceBlockingStub stub = GRPCInferenceServiceGrpc.newBlockingStub(server);

        assertThat(stub.serverLive(ServerLiveRequest.getDefaultInstance()).getLive())
                .isTrue();
        assertThat(stub.serverReady(ServerReadyRequest.getDefaultInstance()).getReady())
                .isTrue();
        assertThat(stub.modelReady(
                                ModelReadyRequest.newBuilder().setName("vision").build())
                        .getReady())
                .isTrue();
        ModelMetadataResponse vision = stub.modelMetadata(
                ModelMetadataRequest.newBuilder().setName("vision").build());
        assertThat(vision.getInputs(0).getName()).isEqualTo("pixel_values");
        assertThat(vision.getInputs(0).getShapeList()).containsExactly(-1L, 3L, (long) SIDE, (long) SIDE);
        assertThat(vision.getOutputs(0).getShapeList()).containsExactly(-1L, 144L, 192L);
        assertThat(vision.getVersionsList())
                .containsExactly(describe(server).getIdentity().getFingerprint());
    }

    @Test
    void refusesWhatDoesNotFitAndSaysWhy() throws Exception {
        ConfigurableApplicationContext service = serving("pargo.image.max-bytes=1MB");
        ManagedChannel server = channel(service);
        ModelInferRequest good = request("vision", pixels(service, picture(1)));

        assertRefused(server, good.toBuilder().setModelName("llama").build(), Status.Code.NOT_FOUND, "vision");
        assertRefused(server, good.toBuilder().setModelVersion("7").build(), Status.Code.NOT_FOUND, "version");
        assertRefused(server, good.toBuilder().clearRawInputContents().build(), Status.Code.INVALID_ARGUMENT, "bytes");
        assertRefused(
                server,
                good.toBuilder()
                        .setRawInputContents(0, ByteString.copyFrom(new byte[8]))
                        .build(),
                Status.Code.INVALID_ARGUMENT,
                "has 8 bytes");
        assertRefused(
                server,
                good.toBuilder()
                        .setInputs(0, good.getInputs(0).toBuilder().setShape(0, 1_000_000))
                        .build(),
                Status.Code.INVALID_ARGUMENT,
                "expected [1..8, 3, 168, 168]");
        assertRefused(
                server,
                good.toBuilder().addInputs(good.getInputs(0)).build(),
                Status.Code.INVALID_ARGUMENT,
                "raw_input_contents has 1 entries, but inputs has 2");
        assertRefused(
                server,
                good.toBuilder()
                        .addOutputs(InferRequestedOutputTensor.newBuilder().setName("logits"))
                        .build(),
                Status.Code.INVALID_ARGUMENT,
                "features");
        assertRefused(server, request("encoder", image("<html>".getBytes())), Status.Code.INVALID_ARGUMENT, "image");
        assertRefused(
                server, request("encoder", image(new byte[(1 << 20) + 1])), Status.Code.INVALID_ARGUMENT, "1,048,576");
        assertRefused(server, request("encoder", image(new byte[8 << 20])), Status.Code.RESOURCE_EXHAUSTED, "maximum");
        assertNothingIsLeft(service);
    }

    @Test
    void pixelsThatAreNoNumbersFailOnlyTheirRequest() throws Exception {
        ConfigurableApplicationContext service = serving();
        ManagedChannel server = channel(service);
        ModelInferRequest good = request("vision", pixels(service, picture(1)));
        byte[] values = good.getRawInputContents(0).toByteArray();
        ByteBuffer.wrap(values).order(ByteOrder.LITTLE_ENDIAN).putFloat(4_000, Float.NaN);

        assertRefused(
                server,
                good.toBuilder()
                        .setRawInputContents(0, ByteString.copyFrom(values))
                        .build(),
                Status.Code.INTERNAL,
                "not finite");
        assertThat(infer(server, good).getOutputsCount()).isEqualTo(1);
    }

    @Test
    void refusesMoreThanItAdmitsBeforeTheMessageIsRead() throws Exception {
        ConfigurableApplicationContext service = serving("pargo.stage.admission.max-requests=2");
        ManagedChannel server = channel(service);
        List<Admission.Ticket> others = List.of(
                stage(service).admission().admit("a", 1),
                stage(service).admission().admit("b", 1));

        assertRefused(server, request("vision", pixels(service, picture(1))), Status.Code.RESOURCE_EXHAUSTED, "busy");
        others.forEach(Admission.Ticket::close);
        assertNothingIsLeft(service);
    }

    @Test
    void isNotReadyWhileItDrains() {
        ConfigurableApplicationContext service = serving("pargo.stage.drain-announcement=1s");
        GRPCInferenceServiceBlockingStub stub = GRPCInferenceServiceGrpc.newBlockingStub(channel(service));
        assertThat(stub.serverReady(ServerReadyRequest.getDefaultInstance()).getReady())
                .isTrue();

        CompletableFuture<Void> end = CompletableFuture.runAsync(service::close);

        await().untilAsserted(() -> assertThat(stub.serverReady(ServerReadyRequest.getDefaultInstance())
                        .getReady())
                .isFalse());
        ModelReadyRequest model =
                ModelReadyRequest.newBuilder().setName("encoder").build();
        assertThat(stub.modelReady(model).getReady()).isFalse();
        end.join();
    }

    @Test
    void holdsNoMoreThanWhatTheRequestTakes() throws Exception {
        ConfigurableApplicationContext service = serving("pargo.stage.batch.max-wait=10s");
        ManagedChannel server = channel(service);
        ModelInferRequest one = request("vision", pixels(service, picture(1)));
        long pixelsAndFeatures = Float.BYTES * (3L * SIDE * SIDE + 144 * 192);
        // Another request is expected, so this one stays in the queue.
        var other = stage(service).batcher().announce("other");

        CompletableFuture<ModelInferResponse> answer = CompletableFuture.supplyAsync(() -> infer(server, one));

        await().until(() -> stage(service).batcher().queued() == 1);
        assertThat(stage(service).admission().bytes()).isEqualTo(one.getSerializedSize() + pixelsAndFeatures);
        other.cancel();
        assertThat(answer.get().getOutputsCount()).isEqualTo(1);
        assertNothingIsLeft(service);
    }

    @Test
    void refusesAMessageOfManyFields() throws Exception {
        ConfigurableApplicationContext service = serving();
        ManagedChannel server = channel(service);
        ModelInferRequest good = request("vision", pixels(service, picture(1)));
        InferInputTensor empty = InferInputTensor.getDefaultInstance();
        InferParameter parameter = InferParameter.getDefaultInstance();

        assertRefused(
                server,
                good.toBuilder().addAllInputs(Collections.nCopies(1_000, empty)).build(),
                Status.Code.INVALID_ARGUMENT,
                "more than 1,000 fields");
        ModelInferRequest.Builder inner = good.toBuilder();
        IntStream.range(0, 400).forEach(i -> inner.getInputsBuilder(0).putParameters("p" + i, parameter));
        assertRefused(server, inner.build(), Status.Code.INVALID_ARGUMENT, "more than 1,000 fields");
        assertThat(infer(server, good).getOutputsCount()).isEqualTo(1);
        assertNothingIsLeft(service);
    }

    @Test
    void onlyModelInferTakesLargeMessages() throws Exception {
        ConfigurableApplicationContext service = serving();
        ManagedChannel server = channel(service);
        byte[] large = new byte[(1 << 20) + 1];

        BlockingClientCall<EncodeRequest, TensorChunk> encode = upload(server, large);
        assertThatThrownBy(encode::read).hasMessageContaining("exceeds maximum size 1048576");
        assertThatThrownBy(() -> GRPCInferenceServiceGrpc.newBlockingStub(server)
                        .modelReady(ModelReadyRequest.newBuilder()
                                .setNameBytes(ByteString.copyFrom(large))
                                .build()))
                .hasMessageContaining("exceeds maximum size 1048576");
        assertRefused(server, request("encoder", image(large)), Status.Code.INVALID_ARGUMENT, "image");
        assertNothingIsLeft(service);
    }

    @Test
    void answersNothingUnlessItIsEnabled() {
        ManagedChannel server = channel(start("pargo.encoder.network=LOCAL"));

        assertRefused(
                server, request("encoder", image(new byte[10])), Status.Code.UNIMPLEMENTED, "GRPCInferenceService");
    }

    @Test
    void aRemoteNetworkGivesTheSameFeatures() throws Exception {
        ConfigurableApplicationContext remote = serving();
        ManagedChannel front = channel(start("pargo.encoder.network=" + address(remote)));

        for (int i = 1; i <= 5; i++) {
            assertThat(encode(front, picture(i)).data())
                    .isEqualTo(encode(channel(remote), picture(i)).data());
        }
        EncoderDescription description = describe(front);
        assertThat(description.getIdentity().getDevice()).isEqualTo(address(remote));
        assertThat(description.getIdentity().getFingerprint())
                .isNotEqualTo(describe(channel(remote)).getIdentity().getFingerprint());
        assertThat(description.getOutput()).isEqualTo(describe(channel(remote)).getOutput());
    }

    @Test
    void aLostNetworkMakesTheStageUnreadyUntilItIsBack() throws Exception {
        ConfigurableApplicationContext remote = serving();
        int port = port(remote);
        ConfigurableApplicationContext service = start("pargo.encoder.network=" + address(remote));
        ManagedChannel front = channel(service);
        WireTensor before = encode(front, picture(1));
        await().until(() -> health(front) == ServingStatus.SERVING);

        services.remove(remote);
        remote.close();

        await().until(() -> health(front) == ServingStatus.NOT_SERVING);
        for (int i = 0; i < 10; i++) {
            StageError lost = failure(front, picture(1));
            assertThat(lost.reason()).isEqualTo(ErrorReason.NETWORK_LOST);
            assertThat(lost.reason().code()).isEqualTo(Status.Code.UNAVAILABLE);
        }
        start("pargo.stage.kserve.enabled=true", "spring.grpc.server.port=" + port);
        await().atMost(20, TimeUnit.SECONDS).until(() -> health(front) == ServingStatus.SERVING);
        assertThat(encode(front, picture(1)).data()).isEqualTo(before.data());
        assertNothingIsLeft(service);
    }

    @Test
    void aModelThatDoesNotFitIsNamedAtTheStart() {
        ConfigurableApplicationContext remote = serving();

        assertThatThrownBy(
                        () -> start("pargo.encoder.network=" + address(remote).replace("vision", "encoder")))
                .hasRootCauseInstanceOf(ConfigException.class)
                .rootCause()
                .hasMessageContaining("image BYTES [1]")
                .hasMessageContaining("FP32 [-1, 3, 168, 168]");
        assertThatThrownBy(() -> start(
                        "pargo.encoder.network=" + address(remote),
                        "pargo.encoder.network-timeout=10s",
                        "pargo.stage.watchdog.stuck-after=20s"))
                .rootCause()
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("network-timeout is PT10S");
        assertThatThrownBy(() -> start("pargo.encoder.network=http://127.0.0.1:1/vision"))
                .rootCause()
                .hasMessageContaining("kserve://host:port/model");
    }

    private ConfigurableApplicationContext serving(String... properties) {
        List<String> all = new ArrayList<>(List.of(properties));
        all.add("pargo.stage.kserve.enabled=true");
        return start(all.toArray(String[]::new));
    }

    private ConfigurableApplicationContext start(String... properties) {
        SpringApplication application = new SpringApplication(EncoderApplication.class);
        application.setDefaultProperties(Map.of("pargo.stage.drain-announcement", "0s"));
        List<String> arguments =
                new ArrayList<>(List.of("--server.port=0", "--pargo.stage.model=../bundle/pargo-mini"));
        for (String property : properties) {
            arguments.add("--" + property);
        }
        if (!List.of(properties).toString().contains("spring.grpc.server.port")) {
            arguments.add("--spring.grpc.server.port=0");
        }
        ConfigurableApplicationContext service = application.run(arguments.toArray(String[]::new));
        services.add(service);
        return service;
    }

    private ManagedChannel channel(ConfigurableApplicationContext service) {
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", port(service))
                .usePlaintext()
                .build();
        channels.add(channel);
        return channel;
    }

    private static int port(ConfigurableApplicationContext service) {
        return service.getBean(GrpcServerLifecycle.class).getPort();
    }

    private static String address(ConfigurableApplicationContext service) {
        return "kserve://127.0.0.1:%d/vision".formatted(port(service));
    }

    private static BatchedStage<?> stage(ConfigurableApplicationContext service) {
        return service.getBean(BatchedStage.class);
    }

    private static void assertNothingIsLeft(ConfigurableApplicationContext service) {
        await().untilAsserted(() -> {
            assertThat(stage(service).admission().requests()).isZero();
            assertThat(stage(service).admission().bytes()).isZero();
        });
    }

    private static ServingStatus health(ManagedChannel channel) {
        return HealthGrpc.newBlockingStub(channel)
                .check(HealthCheckRequest.newBuilder()
                        .setService("pargo.v1.Encoder")
                        .build())
                .getStatus();
    }

    private static EncoderDescription describe(ManagedChannel channel) {
        return EncoderGrpc.newBlockingStub(channel).describe(DescribeRequest.getDefaultInstance());
    }

    private static ModelInferResponse infer(ManagedChannel channel, ModelInferRequest request) {
        return GRPCInferenceServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .modelInfer(request);
    }

    private static void assertRefused(
            ManagedChannel channel, ModelInferRequest request, Status.Code code, String message) {
        assertThatThrownBy(() -> infer(channel, request))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining(message)
                .extracting(refusal -> Status.fromThrowable(refusal).getCode())
                .isEqualTo(code);
    }

    private static ModelInferRequest request(String model, InferInputTensor input, ByteString raw) {
        return ModelInferRequest.newBuilder()
                .setModelName(model)
                .setId("42")
                .addInputs(input)
                .addRawInputContents(raw)
                .build();
    }

    private static ModelInferRequest request(String model, ModelInferRequest tensor) {
        return tensor.toBuilder().setModelName(model).setId("42").build();
    }

    private static ModelInferRequest image(byte[] file) {
        ByteBuffer length =
                ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(0, file.length);
        return request(
                "",
                InferInputTensor.newBuilder()
                        .setName("image")
                        .setDatatype("BYTES")
                        .addShape(1)
                        .build(),
                ByteString.copyFrom(length).concat(ByteString.copyFrom(file)));
    }

    /** The pixel values that the encoder makes of a picture. */
    private static ModelInferRequest pixels(ConfigurableApplicationContext service, byte[] file) {
        ModelBundle bundle = service.getBean(ModelBundle.class);
        ImageDecoder decoder = new ImageDecoder(
                new ImageLimits(1 << 20, 1 << 20), bundle.pictures().convention());
        PicturePixels cut = bundle.pictures().cut(decoder.decode(file), true);
        HostTensor values = cut.pieces().get(0);
        return request(
                "",
                InferInputTensor.newBuilder()
                        .setName("pixel_values")
                        .setDatatype("FP32")
                        .addAllShape(List.of(1L, 3L, (long) SIDE, (long) SIDE))
                        .build(),
                ByteString.copyFrom(values.data().duplicate()));
    }

    private static BlockingClientCall<EncodeRequest, TensorChunk> encodeCall(ManagedChannel channel) {
        return EncoderGrpc.newBlockingV2Stub(channel)
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .encode();
    }

    private static BlockingClientCall<EncodeRequest, TensorChunk> upload(ManagedChannel channel, byte[] file)
            throws Exception {
        BlockingClientCall<EncodeRequest, TensorChunk> call = encodeCall(channel);
        call.write(header(file.length));
        call.write(Checksums.seal(EncodeRequest.newBuilder().setData(ByteString.copyFrom(file))));
        call.halfClose();
        return call;
    }

    private static EncodeRequest header(long size) {
        return Checksums.seal(
                EncodeRequest.newBuilder().setHeader(ImageHeader.newBuilder().setSizeBytes(size)));
    }

    private static WireTensor encode(ManagedChannel channel, byte[] file) throws Exception {
        BlockingClientCall<EncodeRequest, TensorChunk> call = upload(channel, file);
        TensorAssembler assembler = new TensorAssembler(
                TensorSpec.exactly("features", describe(channel).getOutput()));
        while (!assembler.isComplete()) {
            assembler.accept(call.read());
        }
        return assembler.finish();
    }

    private static StageError failure(ManagedChannel channel, byte[] file) throws Exception {
        try {
            throw new AssertionError("answered with " + upload(channel, file).read());
        } catch (StatusException failed) {
            return StageError.of(failed).orElseThrow();
        }
    }

    private static byte[] picture(int number) throws IOException {
        return Files.readAllBytes(Path.of("../bundle/pargo-mini/examples").resolve("scene%02d.png".formatted(number)));
    }
}
