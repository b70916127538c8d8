package dev.pargo.proto;

import dev.pargo.proto.v1.TensorChunk;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Assembles one tensor from its chunks. Its memory is allocated once, outside the heap, after the header has been
 * checked.
 *
 * <p>Call it from a stream's {@code onNext}: gRPC requests the next message when that returns, so at most one message
 * is buffered. Not thread-safe; gRPC calls a stream's callbacks one after another.
 */
public final class TensorAssembler {

    private final TensorFraming framing;
    private @Nullable ByteBuffer data;

    public TensorAssembler(TensorSpec expected) {
        this.framing = new TensorFraming(expected);
    }

    /**
     * Adds the next chunk: a header or data.
     *
     * @throws io.grpc.StatusRuntimeException CHECKSUM_MISMATCH, TENSOR_MISMATCH or MALFORMED_STREAM
     */
    public void accept(TensorChunk chunk) {
        framing.accept(chunk);
        if (data == null) {
            data = ByteBuffer.allocateDirect(framing.missingBytes()).order(ByteOrder.LITTLE_ENDIAN);
        } else {
            chunk.getData().copyTo(data);
        }
    }

    /** True when the header and all bytes have arrived. */
    public boolean isComplete() {
        return framing.isComplete();
    }

    /**
     * Returns the tensor. Call it once, when the tensor is complete or its stream has ended.
     *
     * @throws io.grpc.StatusRuntimeException TENSOR_MISMATCH if bytes are missing, MALFORMED_STREAM without a header
     */
    public WireTensor finish() {
        return new WireTensor(framing.complete(), data.flip());
    }
}
