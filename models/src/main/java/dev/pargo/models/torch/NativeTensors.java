package dev.pargo.models.torch;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.tensor.HostTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.util.Arrays;

/** Copies tensors between host memory and torch. */
public final class NativeTensors {

    private NativeTensors() {}

    /**
     * A tensor for torch, on the manager's device. On a CPU a direct float32 or float16 buffer is used without a copy,
     * so it must not change while the array exists. The JNI layer does not support bfloat16: such a tensor crosses it
     * in float32, which is lossless.
     */
    public static PtNDArray fromHost(PtNDManager manager, HostTensor tensor) {
        return switch (tensor.dtype()) {
            case FLOAT32 -> manager.create(tensor.data().duplicate(), new Shape(tensor.shape()), DataType.FLOAT32);
            case FLOAT16 -> manager.create(tensor.data().duplicate(), new Shape(tensor.shape()), DataType.FLOAT16);
            case BFLOAT16 -> manager.create(widen(tensor), new Shape(tensor.shape()), DataType.FLOAT32);
            default -> throw new IllegalArgumentException("not a floating-point type: " + tensor.dtype());
        };
    }

    /** Copies an array of the given precision to host memory. */
    public static HostTensor toHost(PtNDArray array, Precision precision) {
        long[] shape = array.getShape().getShape();
        if (array.getDevice().isGpu() && precision.dtype() == DType.BFLOAT16) {
            return narrow(array.toType(DataType.FLOAT32, false).toFloatArray(), shape);
        }
        ByteBuffer data = array.toByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        return new HostTensor(precision.dtype(), shape, data);
    }

    /** The tensors of a tuple. */
    public static PtNDArray[] tuple(PtNDManager manager, IValue tuple) {
        return Arrays.stream(tuple.toIValueTuple())
                .map(part -> {
                    try (part) {
                        return part.toTensor(manager);
                    }
                })
                .toArray(PtNDArray[]::new);
    }

    /** Converts float32 values that bfloat16 can represent to bfloat16. */
    private static HostTensor narrow(float[] values, long[] shape) {
        HostTensor narrow = HostTensor.allocate(DType.BFLOAT16, shape);
        ShortBuffer to =
                narrow.data().duplicate().order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
        for (float value : values) {
            to.put((short) (Float.floatToRawIntBits(value) >>> 16));
        }
        return narrow;
    }

    private static ByteBuffer widen(HostTensor tensor) {
        HostTensor wide = HostTensor.allocate(DType.FLOAT32, tensor.shape());
        ShortBuffer from =
                tensor.data().duplicate().order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
        FloatBuffer to = wide.data().duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        while (from.hasRemaining()) {
            to.put(Float.intBitsToFloat(from.get() << 16));
        }
        return wide.data();
    }
}
