package dev.pargo.proto;

import dev.pargo.proto.v1.TensorChunk;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Puts one tensor together from its chunks. Memory is allocated when the header has been checked, once, outside the
 * heap.
 *
 * <p>To be called from a stream's {@code onNext}: gRPC asks for the next message when that returns, so no more than one
 * message waits here. Not thread-safe; a stream's callbacks are serial.
 */
public final class TensorAssembler {

    private final TensorFraming framing;
    private @Nullable ByteBuffer data;

    public TensorAssembler(TensorSpec expected) {
        this.framing = new TensorFraming(expected);
    }

    /**
     * Takes the next chunk: a header or data.
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

    /** True when header and all bytes have come. */
    public boolean isComplete() {
        return framing.isComplete();
    }

    /**
     * The tensor; to be called once, when it is complete or its stream has ended.
     *
     * @throws io.grpc.StatusRuntimeException TENSOR_MISMATCH if bytes are missing, MALFORMED_STREAM without a header
     */
    public WireTensor finish() {
        return new WireTensor(framing.complete(), data.flip());
    }
}
