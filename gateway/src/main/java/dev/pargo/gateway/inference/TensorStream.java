package dev.pargo.gateway.inference;

import dev.pargo.proto.Checksums;
import dev.pargo.proto.TensorFraming;
import dev.pargo.proto.TensorSpec;
import dev.pargo.proto.v1.StageReport;
import dev.pargo.proto.v1.TensorChunk;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * The tensor in a stage's answer. It is checked against the stage's description and the checksums as it passes; its
 * chunks are passed on unchanged.
 */
final class TensorStream {

    private final StageCall<?, TensorChunk> call;
    private final TensorFraming framing;
    private final TensorChunk header;
    private @Nullable StageReport report;

    private TensorStream(StageCall<?, TensorChunk> call, TensorFraming framing, TensorChunk header) {
        this.call = call;
        this.framing = framing;
        this.header = header;
    }

    /**
     * Waits for the header.
     *
     * @param expected    the tensor that the stage has described
     * @param fingerprint the weights that the stage has described
     */
    static TensorStream open(StageCall<?, TensorChunk> call, TensorSpec expected, String fingerprint)
            throws StageException {
        TensorChunk first = next(call);
        call.checkProducer(fingerprint, first.getHeader().getProducer());
        TensorFraming framing = new TensorFraming(expected);
        accept(call, framing, first);
        return new TensorStream(call, framing, first);
    }

    TensorChunk header() {
        return header;
    }

    /** The next bytes of the tensor; null when it is complete and the call has ended. */
    @Nullable
    TensorChunk next() throws StageException {
        TensorChunk chunk = next(call);
        if (chunk.hasReport() && framing.isComplete()) {
            report = checked(call, chunk).getReport();
            if (call.receive() != null) {
                throw call.broken("messages after the report");
            }
            return null;
        }
        accept(call, framing, chunk);
        return chunk;
    }

    /** The stage's report of its times. Call it after the last chunk. */
    StageReport report() {
        return report == null ? StageReport.getDefaultInstance() : report;
    }

    private static TensorChunk next(StageCall<?, TensorChunk> call) throws StageException {
        @Nullable TensorChunk chunk = call.receive();
        if (chunk == null) {
            throw call.broken("the tensor ended early");
        }
        return chunk;
    }

    private static TensorChunk checked(StageCall<?, ?> call, TensorChunk chunk) throws StageException {
        try {
            Checksums.check(chunk);
            return chunk;
        } catch (StatusRuntimeException damaged) {
            throw call.failure(damaged);
        }
    }

    private static void accept(StageCall<?, ?> call, TensorFraming framing, TensorChunk chunk) throws StageException {
        try {
            framing.accept(chunk);
        } catch (StatusRuntimeException broken) {
            throw call.failure(broken);
        }
    }
}
