package dev.pargo.proto;

import dev.pargo.proto.v1.TensorChunk;
import dev.pargo.proto.v1.TensorHeader;
import org.jspecify.annotations.Nullable;

/**
 * Checks the chunks of one tensor without keeping their bytes: first a header that matches the expected tensor, then
 * exactly as many bytes as the header announces.
 *
 * <p>Not thread-safe; gRPC calls a stream's callbacks one after another.
 */
public final class TensorFraming {

    private final TensorSpec expected;
    private @Nullable TensorHeader header;
    private int missingBytes;

    public TensorFraming(TensorSpec expected) {
        this.expected = expected;
    }

    /**
     * Checks the next chunk.
     *
     * @throws io.grpc.StatusRuntimeException CHECKSUM_MISMATCH, TENSOR_MISMATCH or MALFORMED_STREAM
     */
    public void accept(TensorChunk chunk) {
        Checksums.check(chunk);
        switch (chunk.getPartCase()) {
            case HEADER -> open(chunk.getHeader());
            case DATA -> count(chunk.getData().size());
            case REPORT, PART_NOT_SET -> throw malformed("expected a tensor's header or data");
        }
    }

    /** True when the header and all bytes have been checked. */
    public boolean isComplete() {
        return header != null && missingBytes == 0;
    }

    /** Bytes that are still missing; 0 before the header. */
    public int missingBytes() {
        return missingBytes;
    }

    /**
     * Returns the header of the complete tensor. Call it when the stream has ended.
     *
     * @throws io.grpc.StatusRuntimeException TENSOR_MISMATCH if bytes are missing, MALFORMED_STREAM without a header
     */
    public TensorHeader complete() {
        if (header == null) {
            throw malformed("the stream ended before the header of " + expected.name());
        }
        if (missingBytes > 0) {
            throw TensorSpec.mismatch(
                    "the stream ended %d bytes before the end of %s".formatted(missingBytes, expected.name()));
        }
        return header;
    }

    private void open(TensorHeader next) {
        if (header != null) {
            throw malformed("a second header for " + expected.name());
        }
        missingBytes = expected.check(next);
        header = next;
    }

    private void count(int bytes) {
        if (header == null) {
            throw malformed("data before the header of " + expected.name());
        }
        if (bytes > missingBytes) {
            throw TensorSpec.mismatch("%s has more bytes than its shape needs".formatted(expected.name()));
        }
        missingBytes -= bytes;
    }

    private static io.grpc.StatusRuntimeException malformed(String message) {
        return new StageError(ErrorReason.MALFORMED_STREAM, message).toException();
    }
}
