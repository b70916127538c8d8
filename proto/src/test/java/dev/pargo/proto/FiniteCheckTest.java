package dev.pargo.proto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.proto.v1.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class FiniteCheckTest {

    private static final int ELEMENTS = 5_000;

    @Test
    void findsAnyValueThatIsNoNumber() {
        for (float value : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            for (int place : new int[] {0, 2_047, 2_048, ELEMENTS - 1}) {
                int bits = Float.floatToRawIntBits(value);
                assertThat(FiniteCheck.isFinite(floats(place, bits), DataType.FLOAT32))
                        .isFalse();
                assertThat(FiniteCheck.isFinite(shorts(place, bits >>> 16), DataType.BFLOAT16))
                        .isFalse();
            }
        }
        for (int half : new int[] {0x7C00, 0xFC00, 0x7E01}) {
            assertThat(FiniteCheck.isFinite(shorts(9, half), DataType.FLOAT16)).isFalse();
        }
    }

    @Test
    void takesTheLargestAndTheSmallestNumbers() {
        for (float value : new float[] {Float.MAX_VALUE, -Float.MAX_VALUE, Float.MIN_VALUE, -0f}) {
            int bits = Float.floatToRawIntBits(value);
            assertThat(FiniteCheck.isFinite(floats(3, bits), DataType.FLOAT32)).isTrue();
            assertThat(FiniteCheck.isFinite(shorts(3, bits >>> 16), DataType.BFLOAT16))
                    .isTrue();
        }
        assertThat(FiniteCheck.isFinite(shorts(3, 0x7BFF), DataType.FLOAT16)).isTrue();
    }

    private static ByteBuffer floats(int place, int bits) {
        return ByteBuffer.allocateDirect(4 * ELEMENTS)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(4 * place, bits);
    }

    private static ByteBuffer shorts(int place, int bits) {
        return ByteBuffer.allocate(2 * ELEMENTS).order(ByteOrder.LITTLE_ENDIAN).putShort(2 * place, (short) bits);
    }
}
