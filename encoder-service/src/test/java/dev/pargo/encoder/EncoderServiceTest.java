package dev.pargo.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.image.ImagePreprocessor;
import dev.pargo.models.image.Preprocessing;
import dev.pargo.models.image.file.ImageDecoder;
import dev.pargo.models.picture.PicturePixels;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.vision.VisionEncoder;
import dev.pargo.proto.Checksums;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.proto.TensorAssembler;
import dev.pargo.proto.TensorSpec;
import dev.pargo.proto.WireTensor;
import dev.pargo.proto.v1.DataType;
import dev.pargo.proto.v1.DescribeRequest;
import dev.pargo.proto.v1.EncodeRequest;
import dev.pargo.proto.v1.EncoderDescription;
import dev.pargo.proto.v1.EncoderGrpc;
import dev.pargo.proto.v1.ImageHeader;
import dev.pargo.proto.v1.StageReport;
import dev.pargo.proto.v1.TensorChunk;
import dev.pargo.stage.call.BatchedStage;
import io.grpc.ManagedChannel;
import io.grpc.StatusException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.BlockingClientCall;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
            "pargo.stage.admission.max-requests=" + EncoderServiceTest.MAX_REQUESTS,
            "pargo.image.max-bytes=1MB",
            "pargo.image.max-pixels=1000000"
        })
class EncoderServiceTest {

    static final int MAX_REQUESTS = 16;

    /** A single client gets about four fifths of the places. */
    private static final int MOST_OF_ONE_CLIENT = 13;

    private static final Path PICTURES = Path.of("../bundle/pargo-mini/examples");

    /** Matrix products are summed in another order when requests share them. */
    private static final float BATCHING_TOLERANCE = 1e-4f;

    @Autowired
    private GrpcServerLifecycle server;

    @Autowired
    private ModelBundle bundle;

    @Autowired
    private VisionEncoder encoder;

    @Autowired
    private BatchedStage<PicturePixels> stage;

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
        await().untilAsserted(() -> {
            assertThat(stage.admission().requests()).isZero();
            assertThat(stage.admission().bytes()).isZero();
        });
    }

    @Test
    void describesItself() {
        EncoderDescription description = describe();

        assertThat(description.getIdentity().getBundle()).isEqualTo("pargo-mini");
        assertThat(description.getIdentity().getNetwork()).isEqualTo("eva02-clip");
        assertThat(description.getIdentity().getPrecision()).isEqualTo("float32");
        assertThat(description.getIdentity().getDevice()).isEqualTo("cpu");
        assertThat(description.getIdentity().getFingerprint()).isNotBlank();
        assertThat(description.getIdentity().getBundleRevision()).isNotBlank();
        assertThat(description.getImageSize()).isEqualTo(168);
        assertThat(description.getOutput().getTokens()).isEqualTo(144);
        assertThat(description.getOutput().getWidth()).isEqualTo(192);
        assertThat(description.getOutput().getDtypesList()).containsExactly(DataType.FLOAT32);
        assertThat(description.getMaxImageBytes()).isEqualTo(1 << 20);
        assertThat(description.getMaxImagePixels()).isEqualTo(1_000_000);
    }

    @Test
    void isHealthyUnderItsServiceName() {
        await().untilAsserted(() -> assertThat(HealthGrpc.newBlockingStub(channel)
                        .check(HealthCheckRequest.newBuilder()
                                .setService("pargo.v1.Encoder")
                                .build())
                        .getStatus())
                .isEqualTo(ServingStatus.SERVING));
    }

    @Test
    void answersWithWhatTheNetworkMakesOfThePicture() throws Exception {
        byte[] picture = picture(1);

        Answer answer = encode(picture);

        assertThat(answer.features.header().getProducer())
                .isEqualTo(describe().getIdentity().getFingerprint());
        assertThat(answer.features.data()).isEqualTo(direct(picture).data());
        assertThat(answer.report.getBatchSize()).isEqualTo(1);
        assertThat(answer.report.getPreprocessMicros()).isPositive();
        assertThat(answer.report.getNetworkMicros()).isPositive();
    }

    @Test
    void answersConcurrentRequestsInBatchesWithoutMixingThemUp() throws Exception {
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        for (int i = 0; i < MOST_OF_ONE_CLIENT; i++) {
            byte[] picture = picture(1 + i % 12);
            answers.add(
                    CompletableFuture.supplyAsync(() -> encodeUnchecked(picture), task -> new Thread(task).start()));
        }

        int largestBatch = 0;
        for (int i = 0; i < MOST_OF_ONE_CLIENT; i++) {
            Answer answer = answers.get(i).get(30, TimeUnit.SECONDS);
            assertClose(answer.features, direct(picture(1 + i % 12)));
            largestBatch = Math.max(largestBatch, answer.report.getBatchSize());
        }
        assertThat(largestBatch).isGreaterThan(1);
    }

    @Test
    void refusesWhatIsNoImage() throws Exception {
        assertThat(refusal("<html>".getBytes()).reason()).isEqualTo(ErrorReason.IMAGE_UNSUPPORTED_FORMAT);
        assertThat(refusal(new byte[0]).reason()).isEqualTo(ErrorReason.IMAGE_UNDECODABLE);
    }

    @Test
    void refusesATruncatedImage() throws Exception {
        byte[] picture = picture(1);

        assertThat(refusal(Arrays.copyOf(picture, picture.length / 2)).reason())
                .isEqualTo(ErrorReason.IMAGE_UNDECODABLE);
    }

    @Test
    void refusesTooManyPixelsFromTheHeader() throws Exception {
        byte[] picture = picture(1);
        // Width and height of a PNG: big-endian at 16 and 20; then the checksum of that chunk is made right again.
        writeInt(picture, 16, 12_000);
        writeInt(picture, 20, 12_000);
        java.util.zip.CRC32 crc = new java.util.zip.CRC32();
        crc.update(picture, 12, 17);
        writeInt(picture, 29, (int) crc.getValue());

        StageError refusal = refusal(picture);

        assertThat(refusal.reason()).isEqualTo(ErrorReason.IMAGE_TOO_MANY_PIXELS);
        assertThat(refusal.message()).contains("1,000,000");
    }

    @Test
    void refusesTooManyBytesBeforeTheyAreSent() throws Exception {
        BlockingClientCall<EncodeRequest, TensorChunk> call = call();
        call.write(header((1 << 20) + 1));

        StageError refusal = refusal(call);

        assertThat(refusal.reason()).isEqualTo(ErrorReason.IMAGE_TOO_LARGE);
        assertThat(refusal.message()).contains("1,048,577").contains("1,048,576");
    }

    @Test
    void refusesBytesThatDoNotMatchTheHeader() throws Exception {
        byte[] picture = picture(1);
        for (int announced : new int[] {picture.length - 1, picture.length + 1}) {
            BlockingClientCall<EncodeRequest, TensorChunk> call = call();
            call.write(header(announced));
            call.write(data(picture));
            call.halfClose();

            assertThat(refusal(call).reason()).isEqualTo(ErrorReason.MALFORMED_STREAM);
        }
    }

    @Test
    void refusesMessagesOutOfOrder() throws Exception {
        BlockingClientCall<EncodeRequest, TensorChunk> dataFirst = call();
        dataFirst.write(data(picture(1)));
        assertThat(refusal(dataFirst).reason()).isEqualTo(ErrorReason.MALFORMED_STREAM);

        BlockingClientCall<EncodeRequest, TensorChunk> twoHeaders = call();
        twoHeaders.write(header(10));
        twoHeaders.write(header(10));
        assertThat(refusal(twoHeaders).reason()).isEqualTo(ErrorReason.MALFORMED_STREAM);

        BlockingClientCall<EncodeRequest, TensorChunk> nothing = call();
        nothing.halfClose();
        assertThat(refusal(nothing).reason()).isEqualTo(ErrorReason.MALFORMED_STREAM);
    }

    @Test
    void refusesUploadsBeyondItsLimitUntilOneIsCancelled() throws Exception {
        // None is a second old, so none is evicted.
        List<BlockingClientCall<EncodeRequest, TensorChunk>> uploads = new ArrayList<>();
        for (int i = 0; i < MOST_OF_ONE_CLIENT; i++) {
            BlockingClientCall<EncodeRequest, TensorChunk> upload = call();
            upload.write(header(1_000));
            uploads.add(upload);
        }
        await().pollInterval(Duration.ofMillis(5)).until(() -> stage.admission().requests() == MOST_OF_ONE_CLIENT);

        StageError refusal = refusal(picture(1));
        assertThat(refusal.reason()).isEqualTo(ErrorReason.QUEUE_FULL);
        assertThat(refusal.retryAfter()).isNotNull();

        uploads.remove(0).cancel("test", null);
        await().pollInterval(Duration.ofMillis(5)).until(() -> stage.admission().requests() == MOST_OF_ONE_CLIENT - 1);
        assertThat(encode(picture(1)).features.data())
                .isEqualTo(direct(picture(1)).data());
        uploads.forEach(upload -> upload.cancel("test", null));
    }

    @Test
    void uploadsThatDoNotComeMakeRoomForOthers() throws Exception {
        List<BlockingClientCall<EncodeRequest, TensorChunk>> uploads = new ArrayList<>();
        for (int i = 0; i < MOST_OF_ONE_CLIENT; i++) {
            BlockingClientCall<EncodeRequest, TensorChunk> upload = call();
            upload.write(header(1_000));
            uploads.add(upload);
            // One after the other, so that the first is the oldest.
            await().pollInterval(Duration.ofMillis(5))
                    .until(() -> stage.admission().requests() == uploads.size());
        }

        await().ignoreExceptions()
                .untilAsserted(() -> assertThat(encode(picture(1)).features.data())
                        .isEqualTo(direct(picture(1)).data()));

        assertThatThrownBy(() -> uploads.get(0).read())
                .satisfies(evicted -> assertThat(
                                StageError.of(evicted).orElseThrow().reason())
                        .isEqualTo(ErrorReason.QUEUE_FULL));
        uploads.forEach(upload -> upload.cancel("test", null));
    }

    private EncoderDescription describe() {
        return EncoderGrpc.newBlockingStub(channel).describe(DescribeRequest.getDefaultInstance());
    }

    private BlockingClientCall<EncodeRequest, TensorChunk> call() {
        return EncoderGrpc.newBlockingV2Stub(channel)
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .encode();
    }

    private Answer encode(byte[] file) throws Exception {
        BlockingClientCall<EncodeRequest, TensorChunk> call = call();
        call.write(header(file.length));
        if (file.length > 0) {
            call.write(data(file));
        }
        call.halfClose();
        TensorAssembler assembler =
                new TensorAssembler(TensorSpec.exactly("features", describe().getOutput()));
        while (!assembler.isComplete()) {
            TensorChunk chunk = call.read();
            assertThat(chunk).as("answer before its end").isNotNull();
            assembler.accept(chunk);
        }
        StageReport report = call.read().getReport();
        assertThat(call.read()).isNull();
        return new Answer(assembler.finish(), report);
    }

    private Answer encodeUnchecked(byte[] file) {
        try {
            return encode(file);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private StageError refusal(byte[] file) throws Exception {
        BlockingClientCall<EncodeRequest, TensorChunk> call = call();
        call.write(header(file.length));
        call.write(data(file));
        call.halfClose();
        return refusal(call);
    }

    private static StageError refusal(BlockingClientCall<EncodeRequest, TensorChunk> call) throws Exception {
        try {
            throw new AssertionError("answered with " + call.read());
        } catch (StatusException refused) {
            return StageError.of(refused).orElseThrow();
        }
    }

    /** The network's output for a picture, without a service around it. */
    private HostTensor direct(byte[] file) {
        Preprocessing preprocessing = bundle.preprocessing();
        ImageDecoder decoder = new ImageDecoder(
                new dev.pargo.models.image.file.ImageLimits(1 << 20, 1 << 20), preprocessing.convention());
        HostTensor pixelValues = new ImagePreprocessor(preprocessing).preprocess(decoder.decode(file));
        return encoder.encode(List.of(pixelValues)).get(0);
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

    private static EncodeRequest header(long size) {
        return Checksums.seal(
                EncodeRequest.newBuilder().setHeader(ImageHeader.newBuilder().setSizeBytes(size)));
    }

    private static EncodeRequest data(byte[] bytes) {
        return Checksums.seal(EncodeRequest.newBuilder().setData(ByteString.copyFrom(bytes)));
    }

    private static byte[] picture(int number) throws IOException {
        return Files.readAllBytes(PICTURES.resolve("scene%02d.png".formatted(number)));
    }

    private static void writeInt(byte[] bytes, int at, int value) {
        java.nio.ByteBuffer.wrap(bytes).putInt(at, value);
    }

    private record Answer(WireTensor features, StageReport report) {}
}
