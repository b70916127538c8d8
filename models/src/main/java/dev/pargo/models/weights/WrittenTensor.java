package dev.pargo.models.weights;

import dev.pargo.models.tensor.DType;

/**
 * A tensor to be written.
 *
 * @param name  name of the parameter
 * @param dtype type of the elements
 * @param shape dimensions, outermost first; empty for a scalar
 */
public record WrittenTensor(String name, DType dtype, long... shape) {

    public long elements() {
        return StoredTensor.elements(shape);
    }

    public long bytes() {
        return Math.multiplyExact(elements(), dtype.bytes());
    }
}
