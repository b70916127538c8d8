package dev.pargo.models.weights;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** Gives the values of tensors that are being written, piece by piece, so that no tensor need be in memory as a whole. */
@FunctionalInterface
public interface TensorValues {

    /**
     * Called once for each tensor, in the order in which they lie in the file.
     *
     * @param out takes all remaining bytes of each buffer; together they are the tensor's elements, little-endian and
     *     row-major
     */
    void write(WrittenTensor tensor, Consumer<ByteBuffer> out);
}
