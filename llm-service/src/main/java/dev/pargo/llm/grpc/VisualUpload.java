package dev.pargo.llm.grpc;

import dev.pargo.models.picture.Grid;
import dev.pargo.models.picture.PictureLayout;
import dev.pargo.models.picture.PictureRows;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.proto.TensorAssembler;
import dev.pargo.proto.TensorSpec;
import dev.pargo.proto.WireTensor;
import dev.pargo.proto.v1.TensorChunk;
import dev.pargo.proto.v1.TensorHeader;
import dev.pargo.proto.v1.TokenTensor;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Receives the visual tensors of one request, in the order in which its start announced them. Not thread-safe. */
final class VisualUpload {

    private final List<Integer> tokens;
    private final TokenTensor input;
    private final List<PictureRows> tensors = new ArrayList<>();
    private @Nullable TensorAssembler assembler;

    /**
     * @param tokens number of tokens of each tensor, at least 1
     * @param input  the expected visual tensor
     */
    VisualUpload(List<Integer> tokens, TokenTensor input) {
        this.tokens = tokens;
        this.input = input;
        this.assembler = nextAssembler();
    }

    /** @throws StatusRuntimeException CHECKSUM_MISMATCH, TENSOR_MISMATCH, NOT_FINITE or MALFORMED_STREAM */
    void accept(TensorChunk chunk) {
        @Nullable TensorAssembler current = assembler;
        if (current == null) {
            throw malformed("a visual tensor that the request did not announce");
        }
        current.accept(chunk);
        if (current.isComplete()) {
            WireTensor tensor = current.finish();
            tensor.requireFinite();
            tensors.add(picture(tensor));
            assembler = nextAssembler();
        }
    }

    /** All tensors. Call it when the stream has ended. */
    List<PictureRows> finish() {
        if (!isComplete()) {
            throw malformed("the stream ended after %d of %d visual tensors".formatted(tensors.size(), tokens.size()));
        }
        return tensors;
    }

    private PictureRows picture(WireTensor tensor) {
        TensorHeader header = tensor.header();
        int rows = tokens.get(tensors.size());
        HostTensor host = new HostTensor(
                DType.valueOf(header.getDtype().name()), new long[] {rows, input.getWidth()}, tensor.data());
        try {
            PictureLayout layout = header.getLayoutCount() == 0
                    ? PictureLayout.whole(1, 1, Grid.line(rows))
                    : PictureLayout.of(header.getLayoutList());
            return new PictureRows(layout, host);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new StageError(
                            ErrorReason.TENSOR_MISMATCH, "the visual tokens' layout does not fit: " + e.getMessage())
                    .toException();
        }
    }

    private boolean isComplete() {
        return tensors.size() == tokens.size();
    }

    /** Assembles the next tensor; null if all are complete. */
    private @Nullable TensorAssembler nextAssembler() {
        if (isComplete()) {
            return null;
        }
        int next = tokens.get(tensors.size());
        return new TensorAssembler(TensorSpec.exactly(
                TensorSpec.VISUAL_TOKENS, input.toBuilder().setTokens(next).build()));
    }

    private static StatusRuntimeException malformed(String message) {
        return new StageError(ErrorReason.MALFORMED_STREAM, message).toException();
    }
}
