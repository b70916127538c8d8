package dev.pargo.models.weights;

import dev.pargo.models.tensor.HostTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Conversions of stored values, independent of torch. */
final class Floats {

    private Floats() {}

    static float[] of(HostTensor tensor) {
        ByteBuffer data = tensor.data().duplicate().order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[Math.toIntExact(tensor.elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (tensor.dtype()) {
                case FLOAT32 -> data.getFloat();
                case FLOAT16 -> half(data.getShort());
                case BFLOAT16 -> Float.intBitsToFloat(data.getShort() << 16);
                default -> throw new IllegalArgumentException(tensor.dtype().name());
            };
        }
        return values;
    }

    /** Rounds to the nearest bfloat16, ties to even. */
    static short toBfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        return (short) ((bits + 0x7fff + (bits >>> 16 & 1)) >>> 16);
    }

    /** Sign, 5 bits of exponent biased by 15, 10 bits of fraction. */
    private static float half(short bits) {
        int exponent = bits >> 10 & 0x1f;
        int fraction = bits & 0x3ff;
        double magnitude =
                exponent == 0 ? fraction * Math.pow(2, -24) : (1 + fraction / 1024.0) * Math.pow(2, exponent - 15);
        return (float) (bits < 0 ? -magnitude : magnitude);
    }
}
