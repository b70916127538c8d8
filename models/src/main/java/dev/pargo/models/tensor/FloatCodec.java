package dev.pargo.models.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads and writes stored floating-point numbers. Reading is exact; writing rounds to the nearest number, ties to even. */
public final class FloatCodec {

    private static final int HALF_FRACTION = 10;
    private static final int FRACTION = 23;
    private static final int HALF_LARGEST_EXPONENT = 0x1f;
    /** Difference of the exponents' biases. */
    private static final int REBIAS = 127 - 15;

    private static final float HALF_LEAST = 0x1p-24f;
    private static final float HALF_LEAST_NORMAL = 0x1p-14f;
    /** From here on numbers are nearer to infinity's place than to the largest finite one. */
    private static final float HALF_OVERFLOW = 65_520;

    private FloatCodec() {}

    /**
     * Reads all remaining numbers.
     *
     * @param stored little-endian; its position does not change
     * @param dtype  float16, bfloat16 or float32
     */
    public static float[] read(ByteBuffer stored, DType dtype) {
        ByteBuffer from = stored.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[from.remaining() / dtype.bytes()];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (dtype) {
                case FLOAT32 -> from.getFloat();
                case BFLOAT16 -> Float.intBitsToFloat(from.getShort() << Short.SIZE);
                case FLOAT16 -> fromHalf(from.getShort());
                default -> throw unknown(dtype);
            };
        }
        return values;
    }

    /**
     * Writes numbers, little-endian.
     *
     * @param dtype float16, bfloat16 or float32
     */
    public static ByteBuffer write(float[] values, DType dtype) {
        ByteBuffer to = ByteBuffer.allocate(values.length * dtype.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            switch (dtype) {
                case FLOAT32 -> to.putFloat(value);
                case BFLOAT16 -> to.putShort(toBfloat16(value));
                case FLOAT16 -> to.putShort(toHalf(value));
                default -> throw unknown(dtype);
            }
        }
        return to.flip();
    }

    private static float fromHalf(short bits) {
        int sign = (bits & 0x8000) << Short.SIZE;
        int exponent = bits >> HALF_FRACTION & HALF_LARGEST_EXPONENT;
        int fraction = bits & (1 << HALF_FRACTION) - 1;
        if (exponent == 0) {
            return Math.copySign(fraction * HALF_LEAST, sign < 0 ? -1 : 1);
        }
        int wide = exponent == HALF_LARGEST_EXPONENT ? 0xff : exponent + REBIAS;
        return Float.intBitsToFloat(sign | wide << FRACTION | fraction << FRACTION - HALF_FRACTION);
    }

    private static short toHalf(float value) {
        int sign = Float.floatToRawIntBits(value) >>> Short.SIZE & 0x8000;
        float magnitude = Math.abs(value);
        if (Float.isNaN(value)) {
            return (short) (sign | 0x7e00);
        }
        if (magnitude >= HALF_OVERFLOW) {
            return (short) (sign | HALF_LARGEST_EXPONENT << HALF_FRACTION);
        }
        if (magnitude < HALF_LEAST_NORMAL) {
            return (short) (sign | (int) Math.rint(magnitude / HALF_LEAST));
        }
        int shift = FRACTION - HALF_FRACTION;
        int rounded = roundedShift(Float.floatToRawIntBits(magnitude) - (REBIAS << FRACTION), shift);
        return (short) (sign | rounded);
    }

    private static short toBfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        return (short) (Float.isNaN(value) ? bits >>> Short.SIZE | 0x40 : roundedShift(bits, Short.SIZE));
    }

    private static int roundedShift(int bits, int shift) {
        int half = (1 << shift - 1) - 1;
        return bits + half + (bits >>> shift & 1) >>> shift;
    }

    private static IllegalArgumentException unknown(DType dtype) {
        return new IllegalArgumentException("%s is not read as floating-point numbers".formatted(dtype));
    }
}
