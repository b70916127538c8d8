package dev.pargo.models.picture;

import dev.pargo.models.tensor.HostTensor;
import java.util.Arrays;
import java.util.List;

/**
 * The input of a vision encoder for one picture.
 *
 * @param layout layout whose cells are pixels
 * @param pieces pixel values of each piece, [3, rows, columns], float32, normalised
 */
public record PicturePixels(PictureLayout layout, List<HostTensor> pieces) {

    public PicturePixels {
        pieces = List.copyOf(pieces);
        if (pieces.size() != layout.pieces().size()) {
            throw new IllegalArgumentException("%d tensors for %d pieces"
                    .formatted(pieces.size(), layout.pieces().size()));
        }
        for (int i = 0; i < pieces.size(); i++) {
            Grid grid = layout.pieces().get(i).grid();
            long[] shape = {3, grid.rows(), grid.columns()};
            if (!Arrays.equals(pieces.get(i).shape(), shape)) {
                throw new IllegalArgumentException("piece %d is %s, not %s"
                        .formatted(i, Arrays.toString(pieces.get(i).shape()), Arrays.toString(shape)));
            }
        }
    }
}
