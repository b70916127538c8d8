package dev.pargo.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.pargo.proto.v1.DataType;
import dev.pargo.proto.v1.StageReport;
import dev.pargo.proto.v1.TensorChunk;
import dev.pargo.proto.v1.TensorHeader;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TensorAssemblerTest {

    private static final TensorSpec TWO_BY_THREE =
            new TensorSpec("features", Set.of(DataType.FLOAT32, DataType.BFLOAT16), 2, 2, 3);

    private final TensorAssembler assembler = new TensorAssembler(TWO_BY_THREE);

    @Test
    void assemblesBytesInOrderWhateverTheirPieces() {
        assembler.accept(header(DataType.BFLOAT16, 2, 3));
        assembler.accept(data(0, 5));
        assembler.accept(data(5, 0));
        assertThat(assembler.isComplete()).isFalse();
        assembler.accept(data(5, 7));
        assertThat(assembler.isComplete()).isTrue();

        WireTensor tensor = assembler.finish();

        assertThat(tensor.header().getShapeList()).containsExactly(2L, 3L);
        assertThat(tensor.data().isDirect()).isTrue();
        assertThat(tensor.data().order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
        byte[] bytes = new byte[tensor.data().remaining()];
        tensor.data().get(bytes);
        assertThat(bytes).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    }

    static List<TensorHeader> refusedHeaders() {
        return List.of(
                tensorHeader("visual_tokens", DataType.FLOAT32, 2, 3),
                tensorHeader("features", DataType.DATA_TYPE_UNSPECIFIED, 2, 3),
                tensorHeader("features", DataType.FLOAT16, 2, 3),
                tensorHeader("features", DataType.FLOAT32),
                tensorHeader("features", DataType.FLOAT32, 6),
                tensorHeader("features", DataType.FLOAT32, 1, 2, 3),
                tensorHeader("features", DataType.FLOAT32, 2, 0),
                tensorHeader("features", DataType.FLOAT32, -2, -3),
                tensorHeader("features", DataType.FLOAT32, 3, 2),
                tensorHeader("features", DataType.FLOAT32, 1L << 32 | 2, 3),
                tensorHeader("features", DataType.FLOAT32, 1L << 20, 1L << 20),
                tensorHeader("features", DataType.FLOAT32, Long.MAX_VALUE, Long.MAX_VALUE));
    }

    @ParameterizedTest
    @MethodSource("refusedHeaders")
    void refusesAHeaderThatIsNotWhatItExpects(TensorHeader header) {
        assertRefused(
                ErrorReason.TENSOR_MISMATCH,
                () -> assembler.accept(Checksums.seal(TensorChunk.newBuilder().setHeader(header))));
        assertThat(assembler.isComplete()).isFalse();
    }

    @Test
    void namesWhatItExpectedAndWhatItGot() {
        assertThatThrownBy(() -> assembler.accept(header(DataType.FLOAT32, 577, 1024)))
                .hasMessage("INVALID_ARGUMENT: features has the shape [577, 1024], expected [2, 3]");
    }

    @Test
    void takesAnyNumberOfTokensInItsRange() {
        TensorSpec range = new TensorSpec("features", Set.of(DataType.FLOAT32), 1, 4, 3);

        assertThat(range.check(tensorHeader("features", DataType.FLOAT32, 4, 3)))
                .isEqualTo(48);
        assertRefused(ErrorReason.TENSOR_MISMATCH, () -> range.check(tensorHeader("features", DataType.FLOAT32, 5, 3)));
    }

    @Test
    void refusesTooManyBytes() {
        assembler.accept(header(DataType.BFLOAT16, 2, 3));

        assertRefused(ErrorReason.TENSOR_MISMATCH, () -> assembler.accept(data(0, 13)));
    }

    @Test
    void refusesAStreamThatEndsEarly() {
        assembler.accept(header(DataType.BFLOAT16, 2, 3));
        assembler.accept(data(0, 11));

        assertRefused(ErrorReason.TENSOR_MISMATCH, assembler::finish);
    }

    @Test
    void refusesDataBeforeTheHeader() {
        assertRefused(ErrorReason.MALFORMED_STREAM, () -> assembler.accept(data(0, 1)));
    }

    @Test
    void refusesASecondHeader() {
        assembler.accept(header(DataType.FLOAT32, 2, 3));

        assertRefused(ErrorReason.MALFORMED_STREAM, () -> assembler.accept(header(DataType.FLOAT32, 2, 3)));
    }

    @Test
    void refusesAnEmptyStream() {
        assertRefused(ErrorReason.MALFORMED_STREAM, assembler::finish);
    }

    @Test
    void refusesChunksThatAreNeitherHeaderNorData() {
        assertRefused(ErrorReason.MALFORMED_STREAM, () -> assembler.accept(Checksums.seal(TensorChunk.newBuilder())));
        assertRefused(
                ErrorReason.MALFORMED_STREAM,
                () -> assembler.accept(
                        Checksums.seal(TensorChunk.newBuilder().setReport(StageReport.getDefaultInstance()))));
    }

    private static void assertRefused(ErrorReason reason, ThrowingCallable call) {
        assertThatThrownBy(call)
                .satisfies(error ->
                        assertThat(StageError.of(error).orElseThrow().reason()).isEqualTo(reason));
    }

    private static TensorChunk header(DataType dtype, long... shape) {
        return Checksums.seal(TensorChunk.newBuilder().setHeader(tensorHeader("features", dtype, shape)));
    }

    private static TensorHeader tensorHeader(String name, DataType dtype, long... shape) {
        TensorHeader.Builder header = TensorHeader.newBuilder().setName(name).setDtype(dtype);
        for (long dimension : shape) {
            header.addShape(dimension);
        }
        return header.build();
    }

    private static TensorChunk data(int from, int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) (from + i);
        }
        return Checksums.seal(TensorChunk.newBuilder().setData(ByteString.copyFrom(bytes)));
    }
}
