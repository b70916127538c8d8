package dev.pargo.projector;

import dev.pargo.models.picture.Grid;
import dev.pargo.models.picture.PictureLayout;
import dev.pargo.models.picture.PictureRows;
import dev.pargo.models.projector.ProjectorConfig;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.proto.WireTensor;
import dev.pargo.proto.v1.TensorHeader;

/**
 * What to compute from one image's features.
 *
 * @param features        the encoder's output
 * @param attentionGroups 0 to compute visual tokens; otherwise compute the cross-attention, averaged over this many
 *                        groups of heads
 */
record Projection(PictureRows features, int attentionGroups) {

    /**
     * Computes the visual tokens of features.
     *
     * @throws io.grpc.StatusRuntimeException TENSOR_MISMATCH if the features' pieces are not what the projector takes
     */
    static Projection tokens(WireTensor features, ProjectorConfig projector) {
        return of(features, projector, 0);
    }

    /** Computes the cross-attention over features, averaged over groups of heads. Throws as {@link #tokens} does. */
    static Projection attention(WireTensor features, ProjectorConfig projector, int groups) {
        return of(features, projector, groups);
    }

    private static Projection of(WireTensor features, ProjectorConfig projector, int groups) {
        TensorHeader header = features.header();
        long[] shape = header.getShapeList().stream().mapToLong(Long::longValue).toArray();
        HostTensor rows = new HostTensor(DType.valueOf(header.getDtype().name()), shape, features.data());
        try {
            PictureLayout layout = header.getLayoutCount() == 0
                    ? PictureLayout.whole(1, 1, Grid.line((int) shape[0]))
                    : PictureLayout.of(header.getLayoutList());
            PictureRows picture = new PictureRows(layout, rows);
            projector.layout(layout);
            return new Projection(picture, groups);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new StageError(ErrorReason.TENSOR_MISMATCH, "the features' layout does not fit: " + e.getMessage())
                    .toException();
        }
    }

    boolean wantsTokens() {
        return attentionGroups == 0;
    }
}
