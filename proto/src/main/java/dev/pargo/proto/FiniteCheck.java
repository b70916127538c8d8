package dev.pargo.proto;

import dev.pargo.proto.v1.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.ShortBuffer;

/** Looks for infinities and NaNs: elements whose exponent bits are all set. */
final class FiniteCheck {

    private static final int FLOAT32_EXPONENT = 0x7F80_0000;
    private static final int FLOAT16_EXPONENT = 0x7C00;
    private static final int BFLOAT16_EXPONENT = 0x7F80;

    /** Elements to copy at a time: reading an array is faster than reading a buffer. */
    private static final int RUN = 2048;

    private FiniteCheck() {}

    static boolean isFinite(ByteBuffer data, DataType dtype) {
        ByteBuffer elements = data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        return switch (dtype) {
            case FLOAT32 -> isFinite(elements.asIntBuffer());
            case FLOAT16 -> isFinite(elements.asShortBuffer(), FLOAT16_EXPONENT);
            case BFLOAT16 -> isFinite(elements.asShortBuffer(), BFLOAT16_EXPONENT);
            case DATA_TYPE_UNSPECIFIED, UNRECOGNIZED -> throw new IllegalArgumentException("no numbers: " + dtype);
        };
    }

    private static boolean isFinite(IntBuffer elements) {
        int[] run = new int[RUN];
        while (elements.hasRemaining()) {
            int count = Math.min(RUN, elements.remaining());
            elements.get(run, 0, count);
            for (int i = 0; i < count; i++) {
                if ((run[i] & FLOAT32_EXPONENT) == FLOAT32_EXPONENT) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean isFinite(ShortBuffer elements, int exponent) {
        short[] run = new short[RUN];
        while (elements.hasRemaining()) {
            int count = Math.min(RUN, elements.remaining());
            elements.get(run, 0, count);
            for (int i = 0; i < count; i++) {
                if ((run[i] & exponent) == exponent) {
                    return false;
                }
            }
        }
        return true;
    }
}
