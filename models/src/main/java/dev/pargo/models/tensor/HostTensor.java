package dev.pargo.models.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A tensor in host memory: row-major, little-endian, contiguous.
 *
 * <p>The buffer's position and limit enclose exactly the tensor's bytes and must not be changed. Values are shared, not
 * copied: a tensor must not be written to after it was passed on.
 *
 * @param dtype a floating-point type
 * @param shape dimensions, outermost first, each at least 1
 * @param data  direct or heap buffer of {@code elements * dtype.bytes()} remaining bytes, little-endian
 */
public record HostTensor(DType dtype, long[] shape, ByteBuffer data) {

    public HostTensor {
        long bytes = elements(shape) * dtype.bytes();
        if (data.remaining() != bytes) {
            throw new IllegalArgumentException("a %s tensor of shape %s has %d bytes, not %d"
                    .formatted(dtype, Arrays.toString(shape), bytes, data.remaining()));
        }
        if (data.order() != ByteOrder.LITTLE_ENDIAN) {
            data = data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    /** Allocates a zeroed tensor outside the heap, where torch can read it without a copy. */
    public static HostTensor allocate(DType dtype, long... shape) {
        int bytes = Math.toIntExact(Math.multiplyExact(elements(shape), dtype.bytes()));
        return new HostTensor(dtype, shape, ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN));
    }

    /** The {@code index}-th slice along the first axis, sharing this tensor's memory. */
    public HostTensor get(int index) {
        int bytes = data.remaining() / Math.toIntExact(shape[0]);
        ByteBuffer slice = data.slice(data.position() + index * bytes, bytes).order(ByteOrder.LITTLE_ENDIAN);
        return new HostTensor(dtype, Arrays.copyOfRange(shape, 1, shape.length), slice);
    }

    /**
     * Some rows of a matrix, sharing this tensor's memory.
     *
     * @param from  first row
     * @param count rows, at least 1
     */
    public HostTensor rows(int from, int count) {
        int bytes = data.remaining() / Math.toIntExact(shape[0]);
        ByteBuffer slice =
                data.slice(data.position() + from * bytes, count * bytes).order(ByteOrder.LITTLE_ENDIAN);
        return new HostTensor(dtype, new long[] {count, shape[1]}, slice);
    }

    /** The same values as rows of the last axis: [elements / width, width]. */
    public HostTensor matrix() {
        long width = shape[shape.length - 1];
        return new HostTensor(dtype, new long[] {elements() / width, width}, data);
    }

    public long elements() {
        return elements(shape);
    }

    private static long elements(long[] shape) {
        long product = 1;
        for (long dimension : shape) {
            if (dimension < 1) {
                throw new IllegalArgumentException("dimension " + dimension + " in " + Arrays.toString(shape));
            }
            product = Math.multiplyExact(product, dimension);
        }
        return product;
    }
}
