package dev.pargo.proto;

import com.google.protobuf.UnsafeByteOperations;
import dev.pargo.proto.v1.StageReport;
import dev.pargo.proto.v1.TensorChunk;
import dev.pargo.proto.v1.TensorHeader;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * A whole tensor with its header.
 *
 * @param header what the bytes are
 * @param data   little-endian elements between position and limit; must not be changed, nor position and limit be moved
 */
public record WireTensor(TensorHeader header, ByteBuffer data) {

    /** Bytes of a chunk. More than 256 KiB is not faster, and the contract allows 1 MiB at most. */
    static final int CHUNK_BYTES = 512 * 1024;

    /** The tensor as a request sends it: header and data. Chunks share this tensor's memory. */
    public Iterator<TensorChunk> chunks() {
        return new Chunks(CHUNK_BYTES, null);
    }

    /** The tensor as a response sends it: header, data and report. Chunks share this tensor's memory. */
    public Iterator<TensorChunk> chunks(StageReport report) {
        return new Chunks(CHUNK_BYTES, report);
    }

    /** Whether the tensor contains neither an infinity nor a NaN. */
    public boolean isFinite() {
        return FiniteCheck.isFinite(data, header.getDtype());
    }

    /**
     * Refuses a tensor that contains an infinity or a NaN: everything computed from it would too.
     *
     * @throws io.grpc.StatusRuntimeException NOT_FINITE
     */
    public void requireFinite() {
        if (!isFinite()) {
            throw new StageError(ErrorReason.NOT_FINITE, header.getName() + " has values that are not finite numbers")
                    .toException();
        }
    }

    Iterator<TensorChunk> chunks(int chunkBytes) {
        return new Chunks(chunkBytes, null);
    }

    /** Creates each chunk on demand, so that a slow reader costs no memory. */
    private final class Chunks implements Iterator<TensorChunk> {

        private final int chunkBytes;
        private final ByteBuffer rest = data.duplicate();
        private @Nullable StageReport report;
        private boolean headerSent;

        Chunks(int chunkBytes, @Nullable StageReport report) {
            this.chunkBytes = chunkBytes;
            this.report = report;
        }

        @Override
        public boolean hasNext() {
            return !headerSent || rest.hasRemaining() || report != null;
        }

        @Override
        public TensorChunk next() {
            TensorChunk.Builder chunk = TensorChunk.newBuilder();
            if (!headerSent) {
                headerSent = true;
                return Checksums.seal(chunk.setHeader(header));
            }
            if (rest.hasRemaining()) {
                int bytes = Math.min(chunkBytes, rest.remaining());
                ByteBuffer slice = rest.slice(rest.position(), bytes);
                rest.position(rest.position() + bytes);
                return Checksums.seal(chunk.setData(UnsafeByteOperations.unsafeWrap(slice)));
            }
            if (report != null) {
                chunk.setReport(report);
                report = null;
                return Checksums.seal(chunk);
            }
            throw new NoSuchElementException();
        }
    }
}
