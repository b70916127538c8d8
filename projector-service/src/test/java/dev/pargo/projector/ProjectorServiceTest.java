package dev.pargo.projector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import dev.pargo.models.projector.Projector;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.proto.Checksums;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.proto.TensorAssembler;
import dev.pargo.proto.TensorSpec;
import dev.pargo.proto.WireTensor;
import dev.pargo.proto.inference.GRPCInferenceServiceGrpc;
import dev.pargo.proto.inference.ModelInferRequest;
import dev.pargo.proto.inference.ModelInferRequest.InferInputTensor;
import dev.pargo.proto.inference.ModelInferResponse;
import dev.pargo.proto.v1.AttendOptions;
import dev.pargo.proto.v1.AttendRequest;
import dev.pargo.proto.v1.DataType;
import dev.pargo.proto.v1.DescribeRequest;
import dev.pargo.proto.v1.ProjectorDescription;
import dev.pargo.proto.v1.ProjectorGrpc;
import dev.pargo.proto.v1.QueryTokens;
import dev.pargo.proto.v1.StageReport;
import dev.pargo.proto.v1.TensorChunk;
import dev.pargo.proto.v1.TensorHeader;
import dev.pargo.stage.call.BatchedStage;
import io.grpc.ManagedChannel;
import io.grpc.StatusException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.BlockingClientCall;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

/** The whole service with pargo-mini, over loopback. */
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.grpc.server.port=0",
            "pargo.stage.model=../bundle/pargo-mini",
            "pargo.stage.kserve.enabled=true"
        })
class ProjectorServiceTest {

    private static final int TOKENS = 144;
    private static final int WIDTH = 192;

    /** Matrix products are summed in another order when requests share them. */
    private static final float BATCHING_TOLERANCE = 1e-4f;

    @Autowired
    private GrpcServerLifecycle server;

    @Autowired
    private Projector projector;

    @Autowired
    private BatchedStage<Projection> stage;

    private ManagedChannel channel;

    @BeforeEach
    void connect() {
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                .usePlaintext()
                .build();
    }

    @AfterEach
    void leavesNothingBehind() {
        channel.shutdownNow();
        await().untilAsserted(() -> assertThat(stage.admission().requests()).isZero());
    }

    @Test
    void describesItself() {
        ProjectorDescription description = describe();

        assertThat(description.getIdentity().getNetwork()).isEqualTo("pargo");
        assertThat(description.getIdentity().getFingerprint()).isNotBlank();
        assertThat(description.getInput().getTokens()).isEqualTo(TOKENS);
        assertThat(description.getInput().getWidth()).isEqualTo(WIDTH);
        assertThat(description.getInput().getDtypesList())
                .containsExactly(DataType.FLOAT32, DataType.FLOAT16, DataType.BFLOAT16);
        assertThat(description.getOutput().getTokens()).isEqualTo(80);
        assertThat(description.getOutput().getWidth()).isEqualTo(256);
        assertThat(description.getOutput().getDtypesList()).containsExactly(DataType.FLOAT32);
    }

    @Test
    void answersWithWhatTheNetworkMakesOfTheFeatures() throws Exception {
        HostTensor features = features(1, DType.FLOAT32);

        Answer answer = project(features);

        assertThat(answer.tokens.header().getName()).isEqualTo("visual_tokens");
        assertThat(answer.tokens.header().getProducer())
                .isEqualTo(describe().getIdentity().getFingerprint());
        assertThat(answer.tokens.data())
                .isEqualTo(projector.project(List.of(features)).get(0).data());
        assertThat(answer.report.getBatchSize()).isEqualTo(1);
    }

    @Test
    void readsFeaturesOfEveryType() throws Exception {
        for (DType dtype : List.of(DType.FLOAT16, DType.BFLOAT16)) {
            HostTensor features = features(2, dtype);

            assertThat(project(features).tokens.data())
                    .isEqualTo(projector.project(List.of(features)).get(0).data());
        }
    }

    @Test
    void answersTheOpenInferenceProtocolWithTheSameBytes() throws Exception {
        for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16)) {
            HostTensor features = features(3, dtype);

            ModelInferResponse answer = infer(features, TOKENS);

            assertThat(answer.getOutputs(0).getName()).isEqualTo("visual_tokens");
            assertThat(answer.getOutputs(0).getDatatype()).isEqualTo("FP32");
            assertThat(answer.getOutputs(0).getShapeList()).containsExactly(80L, 256L);
            assertThat(answer.getRawOutputContents(0).asReadOnlyByteBuffer())
                    .isEqualTo(project(features).tokens.data());
        }
        assertThatThrownBy(() -> infer(features(3, DType.FLOAT32), TOKENS - 1))
                .hasMessageContaining("INVALID_ARGUMENT")
                .hasMessageContaining("expected [144, 192]");
    }

    private ModelInferResponse infer(HostTensor features, long tokens) {
        String datatype = switch (features.dtype()) {
            case FLOAT16 -> "FP16";
            case BFLOAT16 -> "BF16";
            default -> "FP32";
        };
        return GRPCInferenceServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .modelInfer(ModelInferRequest.newBuilder()
                        .setModelName("projector")
                        .addInputs(InferInputTensor.newBuilder()
                                .setName("features")
                                .setDatatype(datatype)
                                .addShape(tokens)
                                .addShape(WIDTH))
                        .addRawInputContents(ByteString.copyFrom(features.data().duplicate()))
                        .build());
    }

    @Test
    void answersConcurrentRequestsWithoutMixingThemUp() throws Exception {
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            // Types may share a batch.
            HostTensor features = features(i, i % 2 == 0 ? DType.FLOAT32 : DType.BFLOAT16);
            answers.add(
                    CompletableFuture.supplyAsync(() -> projectUnchecked(features), task -> new Thread(task).start()));
        }

        int largestBatch = 0;
        for (int i = 0; i < answers.size(); i++) {
            Answer answer = answers.get(i).get(30, TimeUnit.SECONDS);
            HostTensor features = features(i, i % 2 == 0 ? DType.FLOAT32 : DType.BFLOAT16);
            assertClose(answer.tokens, projector.project(List.of(features)).get(0));
            largestBatch = Math.max(largestBatch, answer.report.getBatchSize());
        }
        assertThat(largestBatch).isGreaterThan(1);
    }

    @Test
    void refusesATensorThatDoesNotFit() throws Exception {
        TensorHeader header = TensorHeader.newBuilder()
                .setName("features")
                .setDtype(DataType.FLOAT32)
                .addShape(1 << 20)
                .addShape(1 << 20)
                .build();
        BlockingClientCall<TensorChunk, TensorChunk> call = call();
        call.write(Checksums.seal(TensorChunk.newBuilder().setHeader(header)));

        StageError refusal = refusal(call);

        assertThat(refusal.reason()).isEqualTo(ErrorReason.TENSOR_MISMATCH);
        assertThat(refusal.message()).contains("[144, 192]");
    }

    @Test
    void refusesATensorThatEndsEarly() throws Exception {
        BlockingClientCall<TensorChunk, TensorChunk> call = call();
        call.write(wire(features(1, DType.FLOAT32)).chunks().next());
        call.halfClose();

        assertThat(refusal(call).reason()).isEqualTo(ErrorReason.TENSOR_MISMATCH);
    }

    @Test
    void failsARequestWhoseTokensWouldBeNoNumbersAndNoOther() throws Exception {
        HostTensor broken = features(3, DType.FLOAT32);
        broken.data().putFloat(400, Float.NaN);
        BlockingClientCall<TensorChunk, TensorChunk> call = call();
        for (Iterator<TensorChunk> chunks = wire(broken).chunks(); chunks.hasNext(); ) {
            call.write(chunks.next());
        }
        call.halfClose();

        StageError failure = refusal(call);

        assertThat(failure.reason()).isEqualTo(ErrorReason.NOT_FINITE);
        assertThat(failure.message()).isEqualTo("visual_tokens has values that are not finite numbers");
        assertThat(project(features(3, DType.FLOAT32)).tokens.data().remaining())
                .isPositive();
    }

    @Test
    void refusesASecondHeader() throws Exception {
        TensorChunk header = wire(features(1, DType.FLOAT32)).chunks().next();
        BlockingClientCall<TensorChunk, TensorChunk> call = call();
        call.write(header);
        call.write(header);

        assertThat(refusal(call).reason()).isEqualTo(ErrorReason.MALFORMED_STREAM);
    }

    @Test
    void describesItsQueryTokens() {
        assertThat(describe().getQueryTokens())
                .isEqualTo(QueryTokens.newBuilder()
                        .setPartial(72)
                        .setGlobal(8)
                        .setPatches(TOKENS)
                        .setHeads(3)
                        .addAllCrossLayers(List.of(0, 1, 2, 3))
                        .build());
    }

    @Test
    void tellsTheCrossAttentionOfTheForwardPass() throws Exception {
        HostTensor features = features(4, DType.FLOAT32);

        assertThat(attend(features, 0).data())
                .isEqualTo(projector.crossAttention(features, 1).data());
        assertThat(attend(features, 3).data())
                .isEqualTo(projector.crossAttention(features, 3).data());
    }

    @Test
    void refusesGroupsThatDoNotDivideTheHeads() throws Exception {
        BlockingClientCall<AttendRequest, TensorChunk> call = attendCall(2);

        StatusException failure = assertThrows(StatusException.class, call::read);

        StageError refusal = StageError.of(failure).orElseThrow();
        assertThat(refusal.reason()).isEqualTo(ErrorReason.INVALID_FIELD);
        assertThat(refusal.message()).isEqualTo("groups is 2, but must divide the 3 heads");
    }

    private WireTensor attend(HostTensor features, int groups) throws Exception {
        BlockingClientCall<AttendRequest, TensorChunk> call = attendCall(groups);
        for (Iterator<TensorChunk> chunks = wire(features).chunks(); chunks.hasNext(); ) {
            call.write(AttendRequest.newBuilder().setFeatures(chunks.next()).build());
        }
        call.halfClose();
        int rows = 4 * Math.max(1, groups) * 80;
        TensorAssembler assembler = new TensorAssembler(
                new TensorSpec(TensorSpec.CROSS_ATTENTION, Set.of(DataType.FLOAT32), rows, rows, TOKENS));
        while (!assembler.isComplete()) {
            assembler.accept(Objects.requireNonNull(call.read()));
        }
        assertThat(call.read().hasReport()).isTrue();
        return assembler.finish();
    }

    private BlockingClientCall<AttendRequest, TensorChunk> attendCall(int groups) throws Exception {
        BlockingClientCall<AttendRequest, TensorChunk> call = ProjectorGrpc.newBlockingV2Stub(channel)
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .attend();
        call.write(AttendRequest.newBuilder()
                .setOptions(AttendOptions.newBuilder().setGroups(groups))
                .build());
        return call;
    }

    private ProjectorDescription describe() {
        return ProjectorGrpc.newBlockingStub(channel).describe(DescribeRequest.getDefaultInstance());
    }

    private BlockingClientCall<TensorChunk, TensorChunk> call() {
        return ProjectorGrpc.newBlockingV2Stub(channel)
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .project();
    }

    private Answer project(HostTensor features) throws Exception {
        BlockingClientCall<TensorChunk, TensorChunk> call = call();
        for (Iterator<TensorChunk> chunks = wire(features).chunks(); chunks.hasNext(); ) {
            call.write(chunks.next());
        }
        call.halfClose();
        TensorAssembler assembler = new TensorAssembler(
                TensorSpec.exactly("visual_tokens", describe().getOutput()));
        while (!assembler.isComplete()) {
            TensorChunk chunk = call.read();
            assertThat(chunk).as("answer before its end").isNotNull();
            assembler.accept(chunk);
        }
        StageReport report = call.read().getReport();
        assertThat(call.read()).isNull();
        return new Answer(assembler.finish(), report);
    }

    private Answer projectUnchecked(HostTensor features) {
        try {
            return project(features);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static StageError refusal(BlockingClientCall<TensorChunk, TensorChunk> call) throws Exception {
        try {
            throw new AssertionError("answered with " + call.read());
        } catch (StatusException refused) {
            return StageError.of(refused).orElseThrow();
        }
    }

    /** Seeded features; the narrow types are the upper halves of float32 patterns, or small float16 numbers. */
    private static HostTensor features(int seed, DType dtype) {
        Random random = new Random(seed);
        HostTensor tensor = HostTensor.allocate(dtype, TOKENS, WIDTH);
        for (int at = 0; at < tensor.data().remaining(); at += dtype.bytes()) {
            float value = (float) random.nextGaussian();
            switch (dtype) {
                case FLOAT32 -> tensor.data().putFloat(at, value);
                case BFLOAT16 -> tensor.data().putShort(at, (short) (Float.floatToRawIntBits(value) >>> 16));
                default -> tensor.data().putShort(at, (short) (0x3000 + random.nextInt(0x0c00)));
            }
        }
        return tensor;
    }

    private static WireTensor wire(HostTensor tensor) {
        return new WireTensor(
                TensorHeader.newBuilder()
                        .setName("features")
                        .setDtype(DataType.valueOf(tensor.dtype().name()))
                        .addShape(TOKENS)
                        .addShape(WIDTH)
                        .build(),
                tensor.data());
    }

    private static void assertClose(WireTensor actual, HostTensor expected) {
        FloatBuffer a = actual.data().asFloatBuffer();
        FloatBuffer b = expected.data().asFloatBuffer();
        assertThat(a.remaining()).isEqualTo(b.remaining());
        float largest = 0;
        while (a.hasRemaining()) {
            largest = Math.max(largest, Math.abs(a.get() - b.get()));
        }
        assertThat(largest).isLessThan(BATCHING_TOLERANCE);
    }

    private record Answer(WireTensor tokens, StageReport report) {}
}
