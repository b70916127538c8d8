package dev.pargo.proto;

import dev.pargo.proto.v1.TensorChunk;
import dev.pargo.proto.v1.TensorHeader;
import org.jspecify.annotations.Nullable;

/**
 * Checks the chunks of one tensor as they pass, without keeping their bytes: one header that fits the expectation, then
 * exactly as many bytes as it announces.
 *
 * <p>Not thread-safe; a stream's callbacks are serial.
 */
public final class TensorFraming {

    private final TensorSpec expected;
    private @Nullable TensorHeader header;
    private int missingBytes;

    public TensorFraming(TensorSpec expected) {
        this.expected = expected;
    }

    /**
     * Takes the next chunk into account.
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

    /** True when header and all bytes have passed. */
    public boolean isComplete() {
        return header != null && missingBytes == 0;
    }

    /** Bytes that have yet to come; 0 before the header. */
    public int missingBytes() {
        return missingBytes;
    }

    /**
     * The header of a tensor that is complete; to be called when the stream has ended.
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
