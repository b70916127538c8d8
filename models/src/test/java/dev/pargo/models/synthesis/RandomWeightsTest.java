package dev.pargo.models.synthesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.pargo.models.fixture.Tolerance;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.weights.WrittenTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RandomWeightsTest {

    private static byte[] bytes(RandomWeights weights, WrittenTensor tensor) {
        ByteBuffer all = ByteBuffer.allocate((int) tensor.bytes());
        weights.write(tensor, all::put);
        assertThat(all.hasRemaining()).isFalse();
        return all.array();
    }

    private static float[] floats(RandomWeights weights, WrittenTensor tensor) {
        ByteBuffer data = ByteBuffer.wrap(bytes(weights, tensor)).order(ByteOrder.LITTLE_ENDIAN);
        return Tolerance.floats(new HostTensor(tensor.dtype(), tensor.shape(), data));
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void matricesAreSmallAndCentred(DType dtype) {
        float[] values = floats(new RandomWeights(1), new WrittenTensor("w.weight", dtype, 100, 1000));
        double mean = sum(values, 0) / values.length;
        double deviation = Math.sqrt(sumOfSquares(values) / values.length);
        assertThat(mean).isCloseTo(0, within(5e-4));
        assertThat(deviation).isCloseTo(0.02, within(5e-4));
    }

    @Test
    void scalesOfNormsAreAroundOne() {
        float[] values = floats(new RandomWeights(1), new WrittenTensor("norm.weight", DType.BFLOAT16, 4096));
        assertThat(sum(values, 0) / values.length).isCloseTo(1, within(0.01));
        assertThat(values).doesNotContain(0).containsAnyOf(1.0078125f, 0.9921875f);
    }

    @Test
    void noTwoTensorsAreEqual() {
        RandomWeights weights = new RandomWeights(1);
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 2000; i++) {
            seen.add(Arrays.toString(bytes(weights, new WrittenTensor("w" + i, DType.FLOAT32, 16))));
        }
        assertThat(seen).hasSize(2000);
    }

    /**
     * Longer than the cycle, with a power of two as width: if the cycle's length were a power of two, rows would
     * repeat.
     */
    @Test
    void noTwoRowsOfALargeMatrixAreEqual() {
        int rows = 2048;
        int columns = 2048;
        byte[] matrix = bytes(new RandomWeights(1), new WrittenTensor("w.weight", DType.BFLOAT16, rows, columns));
        Set<Integer> seen = new HashSet<>();
        for (int row = 0; row < rows; row++) {
            seen.add(Arrays.hashCode(Arrays.copyOfRange(matrix, row * columns * 2, (row + 1) * columns * 2)));
        }
        assertThat(seen).hasSizeGreaterThan(rows - 5);
    }

    @Test
    void theSeedDecides() {
        WrittenTensor tensor = new WrittenTensor("w.weight", DType.FLOAT16, 7, 9);
        assertThat(bytes(new RandomWeights(5), tensor)).isEqualTo(bytes(new RandomWeights(5), tensor));
        assertThat(bytes(new RandomWeights(6), tensor)).isNotEqualTo(bytes(new RandomWeights(5), tensor));
    }

    @Test
    void wholeNumbersCountUp() {
        ByteBuffer ids = ByteBuffer.wrap(bytes(new RandomWeights(1), new WrittenTensor("ids", DType.INT64, 1, 600)))
                .order(ByteOrder.LITTLE_ENDIAN);
        assertThat(ids.getLong(0)).isZero();
        assertThat(ids.getLong(599 * 8)).isEqualTo(599);
    }

    @Test
    void largeTensorsComeInSmallPieces() {
        WrittenTensor large = new WrittenTensor("w.weight", DType.BFLOAT16, 1 << 16, 1 << 12);
        AtomicLong written = new AtomicLong();
        new RandomWeights(1).write(large, piece -> {
            assertThat(piece.remaining()).isLessThan(4 << 20);
            written.addAndGet(piece.remaining());
        });
        assertThat(written).hasValue(large.bytes());
    }

    private static double sum(float[] values, double start) {
        for (float value : values) {
            start += value;
        }
        return start;
    }

    private static double sumOfSquares(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return sum;
    }
}
