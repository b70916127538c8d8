package dev.pargo.models.weights;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** Writes the values of tensors piece by piece, so that no tensor must be in memory as a whole. */
@FunctionalInterface
public interface TensorValues {

    /**
     * Called once for each tensor, in the order in which they lie in the file.
     *
     * @param out receives all remaining bytes of each buffer; together they are the tensor's elements, little-endian
     *     and row-major
     */
    void write(WrittenTensor tensor, Consumer<ByteBuffer> out);
}
