package dev.pargo.models.picture;

import dev.pargo.models.tensor.HostTensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The features or visual tokens of one picture.
 *
 * @param layout layout of the rows; the rows of its pieces follow one another
 * @param rows   [cells of the layout, width]
 */
public record PictureRows(PictureLayout layout, HostTensor rows) {

    public PictureRows {
        if (rows.shape().length != 2 || rows.shape()[0] != layout.cells()) {
            throw new IllegalArgumentException("%d rows for a layout of %d".formatted(rows.shape()[0], layout.cells()));
        }
    }

    /** The rows of each piece, [cells, width]. */
    public List<HostTensor> pieces() {
        List<HostTensor> parts = new ArrayList<>();
        int from = 0;
        for (Piece piece : layout.pieces()) {
            parts.add(rows.rows(from, piece.grid().cells()));
            from += piece.grid().cells();
        }
        return parts;
    }

    /**
     * Splits a tensor into the rows of each picture.
     *
     * @param all [..., width], the pictures' rows one after another
     */
    public static List<PictureRows> divide(HostTensor all, List<PictureLayout> layouts) {
        HostTensor matrix = all.matrix();
        List<PictureRows> pictures = new ArrayList<>();
        int from = 0;
        for (PictureLayout layout : layouts) {
            pictures.add(new PictureRows(layout, matrix.rows(from, layout.cells())));
            from += layout.cells();
        }
        if (from != matrix.shape()[0]) {
            throw new IllegalArgumentException("%d rows for layouts of %d".formatted(matrix.shape()[0], from));
        }
        return pictures;
    }
}
