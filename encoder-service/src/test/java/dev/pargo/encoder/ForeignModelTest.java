package dev.pargo.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.config.ConfigException;
import dev.pargo.models.picture.PicturePixels;
import dev.pargo.models.picture.PictureRows;
import dev.pargo.models.vision.SquareTower;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.proto.inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase;
import dev.pargo.proto.inference.ModelInferRequest;
import dev.pargo.proto.inference.ModelInferResponse;
import dev.pargo.proto.inference.ModelInferResponse.InferOutputTensor;
import dev.pargo.proto.inference.ModelMetadataRequest;
import dev.pargo.proto.inference.ModelMetadataResponse;
import dev.pargo.proto.inference.ModelMetadataResponse.TensorMetadata;
import dev.pargo.proto.inference.ModelReadyRequest;
import dev.pargo.proto.inference.ModelReadyResponse;
import dev.pargo.proto.v1.DataType;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A remote model as a server of another make may serve it, over loopback. */
class ForeignModelTest {

    private static final int FP16_ONE = 0x3C00;

    private final ModelBundle bundle = ModelBundle.read(Path.of("../bundle/pargo-mini"));
    private final SquareTower tower = bundle.vision().config().square();
    private final ForeignServer foreign = new ForeignServer();
    private Server server;
    private RemoteNetwork network;

    @BeforeEach
    void start() throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(foreign)
                .maxInboundMessageSize(16 << 20)
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        if (network != null) {
            network.close();
        }
        server.shutdownNow();
    }

    @Test
    void asksForAsManyPicturesAsTheModelTakes() {
        network = connect();

        List<PictureRows> features = network.encode(pictures(5));

        assertThat(features).hasSize(5);
        assertThat(features.get(4).rows().shape()).containsExactly(tower.tokens(), tower.width());
        assertThat(features.get(4).rows().data().getShort(0)).isEqualTo((short) FP16_ONE);
        assertThat(network.dtype()).isEqualTo(DataType.FLOAT16);
        assertThat(foreign.batches).as("the largest at the start, then five").containsExactly(3L, 3L, 2L);
    }

    @Test
    void refusesAModelWithOtherFeatures() {
        foreign.tokens = tower.tokens() + 1L;

        assertThatThrownBy(this::connect)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("hidden FP16 [-1, 145, 192]")
                .hasMessageContaining("[-1, 144, 192]");
    }

    @Test
    void givesUpOnAModelThatDoesNotAnswer() {
        network = connect();
        foreign.hangs = true;

        assertThat(failure().reason()).isEqualTo(ErrorReason.NETWORK_LOST);
    }

    @Test
    void tellsABusyModelFromALostOne() {
        network = connect();
        foreign.refusal = Status.RESOURCE_EXHAUSTED.withDescription("queue full");

        assertThat(failure().reason()).isEqualTo(ErrorReason.QUEUE_FULL);
        assertThat(network.trouble()).isEmpty();
    }

    @Test
    void allImagesOfACallShareOneTimeLimit() {
        network = connect();
        foreign.takes = Duration.ofMillis(200);

        assertThatThrownBy(() -> network.encode(pictures(12)))
                .satisfies(failed ->
                        assertThat(StageError.of(failed).orElseThrow().reason()).isEqualTo(ErrorReason.NETWORK_LOST));
        assertThat(network.encode(pictures(3))).hasSize(3);
    }

    @Test
    void namesAModelThatRefusesTheLargestRequest() {
        foreign.refusal = Status.RESOURCE_EXHAUSTED.withDescription("message too large");

        assertThatThrownBy(this::connect)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("does not compute 3 images in one request")
                .hasMessageContaining("message too large");
    }

    @Test
    void isLostAfterTwoWatchesWithoutAnswer() {
        network = connect();
        foreign.unanswered.set(1);

        await().pollInterval(Duration.ofMillis(10)).until(() -> foreign.unanswered.get() == 0);
        await().pollInterval(Duration.ofMillis(10))
                .during(Duration.ofMillis(300))
                .until(() -> network.trouble().isEmpty());

        foreign.unanswered.set(2);
        await().pollInterval(Duration.ofMillis(10))
                .until(() -> network.trouble().isPresent());
        assertThat(network.trouble().orElseThrow()).contains("does not answer");
        await().until(() -> network.trouble().isEmpty());
    }

    @Test
    void doesNotPassOnAnAnswerOfAnotherShape() {
        network = connect();
        foreign.shortBy = 2;

        assertThat(failure().reason()).isEqualTo(ErrorReason.INTERNAL);
    }

    @Test
    void isNotReadyWhenTheModelBecomesAnotherOne() {
        network = connect();
        foreign.version = "2";

        await().until(() -> network.trouble().isPresent());
        assertThat(network.trouble().orElseThrow()).contains("another model or version");
        assertThat(failure().reason()).isEqualTo(ErrorReason.NETWORK_LOST);

        foreign.version = "1";
        await().until(() -> network.trouble().isEmpty());
        assertThat(network.encode(pictures(1))).hasSize(1);
    }

    @Test
    void isNotReadyWhileTheModelIsNot() {
        network = connect();
        foreign.ready = false;

        await().until(() -> network.trouble().isPresent());
        assertThat(network.trouble().orElseThrow()).contains("not ready");
    }

    private StageError failure() {
        try {
            throw new AssertionError("answered with " + network.encode(pictures(1)));
        } catch (io.grpc.StatusRuntimeException failed) {
            return StageError.of(failed).orElseThrow();
        }
    }

    private RemoteNetwork connect() {
        RemoteAddress address = RemoteAddress.parse("kserve://127.0.0.1:%d/clip".formatted(server.getPort()));
        return RemoteNetwork.connect(
                NettyChannelBuilder.forAddress(address.host(), address.port()).usePlaintext(),
                address,
                tower,
                3,
                Duration.ofMillis(500));
    }

    private List<PicturePixels> pictures(int count) {
        List<PicturePixels> pictures = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            pictures.add(ProbePicture.cut(bundle.pictures()));
        }
        return pictures;
    }

    /** A server with one model, whose features are all 1. */
    private final class ForeignServer extends GRPCInferenceServiceImplBase {

        final List<Long> batches = new CopyOnWriteArrayList<>();
        final AtomicInteger unanswered = new AtomicInteger();
        volatile Duration takes = Duration.ZERO;
        volatile long tokens = tower.tokens();
        volatile String version = "1";
        volatile boolean ready = true;
        volatile boolean hangs;
        volatile int shortBy;
        volatile Status refusal = Status.OK;

        @Override
        public void modelReady(ModelReadyRequest request, StreamObserver<ModelReadyResponse> response) {
            if (unanswered.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                response.onError(Status.UNAVAILABLE.asRuntimeException());
                return;
            }
            response.onNext(ModelReadyResponse.newBuilder().setReady(ready).build());
            response.onCompleted();
        }

        @Override
        public void modelMetadata(ModelMetadataRequest request, StreamObserver<ModelMetadataResponse> response) {
            response.onNext(ModelMetadataResponse.newBuilder()
                    .setName(request.getName())
                    .addVersions(version)
                    .setPlatform("onnxruntime_onnx")
                    .addInputs(tensor("pixels", "FP32", -1L, 3L, -1L, -1L))
                    .addOutputs(tensor("pooled", "FP16", -1L, 512L))
                    .addOutputs(tensor("hidden", "FP16", -1L, tokens, (long) tower.width()))
                    .build());
            response.onCompleted();
        }

        @Override
        public void modelInfer(ModelInferRequest request, StreamObserver<ModelInferResponse> response) {
            if (hangs) {
                return;
            }
            if (!refusal.isOk()) {
                response.onError(refusal.asRuntimeException());
                return;
            }
            try {
                TimeUnit.NANOSECONDS.sleep(takes.toNanos());
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
            long images = request.getInputs(0).getShape(0);
            batches.add(images);
            byte[] ones = new byte[(int) (images * tokens * tower.width() * 2) - shortBy];
            for (int i = 1; i < ones.length; i += 2) {
                ones[i] = (byte) (FP16_ONE >> 8);
            }
            response.onNext(ModelInferResponse.newBuilder()
                    .addOutputs(InferOutputTensor.newBuilder()
                            .setName(request.getOutputs(0).getName())
                            .setDatatype("FP16")
                            .addAllShape(List.of(images, tokens, (long) tower.width())))
                    .addRawOutputContents(ByteString.copyFrom(ones))
                    .build());
            response.onCompleted();
        }

        private TensorMetadata tensor(String name, String datatype, Long... shape) {
            return TensorMetadata.newBuilder()
                    .setName(name)
                    .setDatatype(datatype)
                    .addAllShape(List.of(shape))
                    .build();
        }
    }
}
