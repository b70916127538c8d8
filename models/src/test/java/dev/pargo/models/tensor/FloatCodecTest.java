package dev.pargo.models.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class FloatCodecTest {

    @Test
    void everyHalfIsReadAsItsValueAndWrittenBack() {
        ByteBuffer all = ByteBuffer.allocate(2 << 16).order(ByteOrder.LITTLE_ENDIAN);
        for (int bits = 0; bits < 1 << 16; bits++) {
            all.putShort((short) bits);
        }
        float[] values = FloatCodec.read(all.flip(), DType.FLOAT16);

        for (int bits = 0; bits < 1 << 16; bits++) {
            int exponent = bits >> 10 & 0x1f;
            double magnitude = exponent == 0
                    ? (bits & 0x3ff) * Math.pow(2, -24)
                    : (1 + (bits & 0x3ff) / 1024.0) * Math.pow(2, exponent - 15);
            if (exponent < 31) {
                assertThat((double) values[bits]).isEqualTo(bits < 1 << 15 ? magnitude : -magnitude);
                assertThat(bits(values[bits], DType.FLOAT16)).isEqualTo((short) bits);
            }
        }
        assertThat(values[0x7c00]).isInfinite();
        assertThat(values[0x7e00]).isNaN();
    }

    @Test
    void halvesAreRoundedToTheNearestAndTiesToEven() {
        assertThat(bits(1 + 0x1p-11f, DType.FLOAT16)).isEqualTo((short) 0x3c00);
        assertThat(bits(1 + 3 * 0x1p-11f, DType.FLOAT16)).isEqualTo((short) 0x3c02);
        assertThat(bits(65_519, DType.FLOAT16)).isEqualTo((short) 0x7bff);
        assertThat(bits(65_520, DType.FLOAT16)).isEqualTo((short) 0x7c00);
        assertThat(bits(-0x1p-25f, DType.FLOAT16)).isEqualTo((short) 0x8000);
        assertThat(bits(0x1.8p-24f, DType.FLOAT16)).isEqualTo((short) 2);
        assertThat(bits(Math.nextDown(0x1p-14f), DType.FLOAT16)).isEqualTo((short) 0x400);
    }

    @Test
    void bfloat16IsTheUpperHalfRoundedTiesToEven() {
        assertThat(FloatCodec.read(stored((short) 0xc000), DType.BFLOAT16)).containsExactly(-2);
        assertThat(bits(1 + 0x1p-8f, DType.BFLOAT16)).isEqualTo((short) 0x3f80);
        assertThat(bits(1 + 3 * 0x1p-8f, DType.BFLOAT16)).isEqualTo((short) 0x3f82);
        assertThat(bits(Float.NaN, DType.BFLOAT16)).isEqualTo((short) 0x7fc0);
    }

    private static short bits(float value, DType dtype) {
        return FloatCodec.write(new float[] {value}, dtype)
                .order(ByteOrder.LITTLE_ENDIAN)
                .getShort();
    }

    private static ByteBuffer stored(short bits) {
        return ByteBuffer.allocate(2)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort(bits)
                .flip();
    }
}
