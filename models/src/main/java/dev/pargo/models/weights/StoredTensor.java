package dev.pargo.models.weights;

import dev.pargo.models.tensor.DType;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Where a tensor lies in a file. Readers guarantee that all its bytes are inside the file. The arrays are shared and must
 * not be written to.
 *
 * @param name    name of the parameter
 * @param dtype   type of the elements, which are little-endian
 * @param shape   dimensions, outermost first; empty for a scalar
 * @param strides steps along each axis, in elements, none negative
 * @param file    the file
 * @param offset  position of the first element, in bytes from the start of the file
 */
public record StoredTensor(String name, DType dtype, long[] shape, long[] strides, Path file, long offset) {

    private static final int MAX_NAME = 1024;

    public StoredTensor {
        if (name.length() > MAX_NAME) {
            throw new CheckpointException(
                    file, "a tensor name of %d characters; at most %d are allowed".formatted(name.length(), MAX_NAME));
        }
    }

    /** A tensor whose elements follow each other in row-major order. */
    static StoredTensor contiguous(String name, DType dtype, long[] shape, Path file, long offset) {
        return new StoredTensor(name, dtype, shape, rowMajor(shape), file, offset);
    }

    public long elements() {
        return elements(shape);
    }

    /** Bytes of the elements, without gaps that strides may leave in the file. */
    public long bytes() {
        return Math.multiplyExact(elements(), dtype.bytes());
    }

    /** Bytes in the file from the first element through the last. */
    long extent() {
        return extent(shape, strides) * dtype.bytes();
    }

    boolean isContiguous() {
        long expected = 1;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            if (shape[axis] != 1 && strides[axis] != expected) {
                return false;
            }
            expected *= shape[axis];
        }
        return true;
    }

    StoredTensor named(String other) {
        return new StoredTensor(other, dtype, shape, strides, file, offset);
    }

    /**
     * One of several equal parts along the first axis.
     *
     * @throws CheckpointException if the rows cannot be divided equally
     */
    StoredTensor rows(int part, int parts) {
        if (shape.length == 0 || shape[0] % parts != 0) {
            throw new CheckpointException(
                    file, "%s of shape %s is not %d equal parts".formatted(name, Arrays.toString(shape), parts));
        }
        long[] own = shape.clone();
        own[0] = shape[0] / parts;
        long begin = Math.multiplyExact(part * own[0], strides[0] * dtype.bytes());
        return new StoredTensor(name, dtype, own, strides, file, offset + begin);
    }

    /** @throws ArithmeticException if the product exceeds a long */
    static long elements(long[] shape) {
        long product = 1;
        for (long dimension : shape) {
            product = Math.multiplyExact(product, dimension);
        }
        return product;
    }

    /**
     * Elements from the first through the last.
     *
     * @throws ArithmeticException if the number exceeds a long
     */
    static long extent(long[] shape, long[] strides) {
        long last = 0;
        for (int axis = 0; axis < shape.length; axis++) {
            if (shape[axis] == 0) {
                return 0;
            }
            last = Math.addExact(last, Math.multiplyExact(shape[axis] - 1, strides[axis]));
        }
        return Math.addExact(last, 1);
    }

    static long[] rowMajor(long[] shape) {
        long[] strides = new long[shape.length];
        long stride = 1;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= Math.max(1, shape[axis]);
        }
        return strides;
    }
}
