package dev.pargo.models.picture;

import dev.pargo.models.picture.Piece.Role;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What the rows of a picture are. Each step from pixels to prompt has a layout of its own: the pieces' cells are pixels at first,
 * then patches, then visual tokens.
 *
 * @param width       of the original picture in pixels
 * @param height      of the original picture in pixels
 * @param tileRows    rows of the grid of tiles; 0 without tiles
 * @param tileColumns columns of the grid of tiles; 0 without tiles
 * @param pieces      at least one, in the order of their rows
 */
public record PictureLayout(int width, int height, int tileRows, int tileColumns, List<Piece> pieces) {

    public PictureLayout {
        pieces = List.copyOf(pieces);
        if (pieces.isEmpty()) {
            throw new IllegalArgumentException("a picture without pieces");
        }
    }

    /** A picture that is seen as one piece. */
    public static PictureLayout whole(int width, int height, Grid grid) {
        return new PictureLayout(width, height, 0, 0, List.of(new Piece(Role.WHOLE, grid)));
    }

    /** Cells of all pieces. */
    public int cells() {
        return pieces.stream().mapToInt(piece -> piece.grid().cells()).sum();
    }

    /** The same pieces in other cells. */
    public PictureLayout map(UnaryOperator<Grid> cells) {
        return withPieces(pieces.stream()
                .map(piece -> piece.withGrid(cells.apply(piece.grid())))
                .toList());
    }

    /** The same picture in other pieces. */
    public PictureLayout withPieces(List<Piece> others) {
        return new PictureLayout(width, height, tileRows, tileColumns, others);
    }
}
