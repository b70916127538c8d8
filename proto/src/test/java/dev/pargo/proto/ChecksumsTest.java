package dev.pargo.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.UnsafeByteOperations;
import dev.pargo.proto.v1.DataType;
import dev.pargo.proto.v1.EncodeRequest;
import dev.pargo.proto.v1.GenerateRequest;
import dev.pargo.proto.v1.GenerateResponse;
import dev.pargo.proto.v1.GenerateStart;
import dev.pargo.proto.v1.ImageHeader;
import dev.pargo.proto.v1.PromptSegment;
import dev.pargo.proto.v1.Sampling;
import dev.pargo.proto.v1.StageReport;
import dev.pargo.proto.v1.TensorChunk;
import dev.pargo.proto.v1.TensorHeader;
import dev.pargo.proto.v1.TextDelta;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ChecksumsTest {

    /** A sealed message, its check, and the part of it that its reader uses. */
    record Sealed<T extends MessageLite>(T message, Consumer<T> check, Function<T, Object> content) {

        /** Whether damaged bytes pass the check although their content differs from the sealed message. */
        @SuppressWarnings("unchecked")
        boolean deceives(byte[] damaged) {
            try {
                T read = (T) message.getParserForType().parseFrom(damaged);
                check.accept(read);
                return !content.apply(read).equals(content.apply(message));
            } catch (InvalidProtocolBufferException | io.grpc.StatusRuntimeException noticed) {
                return false;
            }
        }
    }

    static List<Named<Sealed<?>>> messages() {
        TensorHeader header = TensorHeader.newBuilder()
                .setName("features")
                .setDtype(DataType.FLOAT32)
                .addShape(2)
                .addShape(3)
                .setProducer("f1")
                .build();
        ByteString data = ByteString.copyFrom(new byte[] {1, 2, 3, 0, 0, -1});
        GenerateStart start = GenerateStart.newBuilder()
                .addPrompt(PromptSegment.newBuilder().setText("What is this?"))
                .setSampling(Sampling.newBuilder()
                        .setTemperature(1)
                        .putLogitBias(7, 1)
                        .putLogitBias(3, 2))
                .addVisualTokens(4)
                .build();
        return List.of(
                tensor("header", TensorChunk.newBuilder().setHeader(header)),
                tensor("data", TensorChunk.newBuilder().setData(data)),
                tensor(
                        "report",
                        TensorChunk.newBuilder()
                                .setReport(StageReport.newBuilder().setBatchSize(3))),
                image(
                        "image header",
                        EncodeRequest.newBuilder()
                                .setHeader(ImageHeader.newBuilder().setSizeBytes(300))),
                image("image data", EncodeRequest.newBuilder().setData(data)),
                Named.of(
                        "start",
                        new Sealed<>(
                                Checksums.seal(GenerateRequest.newBuilder().setStart(start)),
                                ChecksumsTest::readAsTheService,
                                request -> List.of(request.getPartCase(), request.getStart()))),
                Named.of(
                        "delta",
                        new Sealed<>(
                                Checksums.seal(GenerateResponse.newBuilder()
                                        .setDelta(TextDelta.newBuilder()
                                                .setText("Grüße")
                                                .addTokenIds(5))),
                                Checksums::check,
                                response -> List.of(response.getEventCase(), response.getDelta()))));
    }

    /** A visual chunk is checked by the reader of the tensor. */
    private static void readAsTheService(GenerateRequest request) {
        Checksums.check(request);
        if (request.hasVisual()) {
            Checksums.check(request.getVisual());
        }
    }

    private static Named<Sealed<?>> tensor(String name, TensorChunk.Builder chunk) {
        return Named.of(
                name,
                new Sealed<>(
                        Checksums.seal(chunk),
                        Checksums::check,
                        read -> List.of(read.getPartCase(), read.getHeader(), read.getData(), read.getReport())));
    }

    private static Named<Sealed<?>> image(String name, EncodeRequest.Builder request) {
        return Named.of(
                name,
                new Sealed<>(
                        Checksums.seal(request),
                        Checksums::check,
                        read -> List.of(read.getPartCase(), read.getHeader(), read.getData())));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void noDamageToOneByteMakesAnotherMessage(Sealed<?> sealed) {
        byte[] bytes = sealed.message().toByteArray();
        assertThat(sealed.deceives(bytes)).isFalse();
        for (int i = 0; i < bytes.length; i++) {
            for (int mask = 1; mask < 256; mask++) {
                byte[] damaged = bytes.clone();
                damaged[i] ^= (byte) mask;
                assertThat(sealed.deceives(damaged)).as("byte %d ^ %d", i, mask).isFalse();
            }
        }
    }

    @Test
    void saysThatItWasDamaged() {
        TensorChunk chunk = Checksums.seal(TensorChunk.newBuilder().setData(ByteString.copyFromUtf8("abc")));
        TensorChunk damaged =
                chunk.toBuilder().setData(ByteString.copyFromUtf8("abd")).build();

        assertThatThrownBy(() -> Checksums.check(damaged))
                .satisfies(failure -> assertThat(
                                StageError.of(failure).orElseThrow().reason())
                        .isEqualTo(ErrorReason.CHECKSUM_MISMATCH));
    }

    @Test
    void takesNothingWithoutAChecksum() {
        TensorChunk chunk =
                TensorChunk.newBuilder().setData(ByteString.copyFromUtf8("abc")).build();

        assertThatThrownBy(() -> Checksums.check(chunk)).isInstanceOf(io.grpc.StatusRuntimeException.class);
    }

    @Test
    void isTheSameOverMemoryOfAnyKind() {
        byte[] bytes = "123456789".getBytes(StandardCharsets.US_ASCII);
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        CRC32C crc = new CRC32C();
        crc.update(TensorChunk.DATA_FIELD_NUMBER);
        crc.update(bytes);
        int known = (int) crc.getValue();

        assertThat(crc(ByteString.copyFrom(bytes))).isEqualTo(known);
        assertThat(crc(UnsafeByteOperations.unsafeWrap(direct))).isEqualTo(known);
        assertThat(crc(ByteString.copyFrom(bytes, 0, 4).concat(ByteString.copyFrom(bytes, 4, 5))))
                .isEqualTo(known);
    }

    private static int crc(ByteString data) {
        return Checksums.seal(TensorChunk.newBuilder().setData(data)).getCrc32C();
    }
}
