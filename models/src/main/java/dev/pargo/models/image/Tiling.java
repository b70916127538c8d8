package dev.pargo.models.image;

import dev.pargo.models.picture.Grid;
import dev.pargo.models.picture.PictureLayout;
import dev.pargo.models.picture.Piece;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Square tiles of one side in rows and columns. */
record Tiling(int rows, int columns, int side) {

    int height() {
        return rows * side;
    }

    int width() {
        return columns * side;
    }

    /** Number of pixels of the tiles and of a view of the whole. */
    long pixelsWithWhole() {
        return (1L + rows * columns) * side * side;
    }

    /** The tiles of an image of this size, row by row. */
    List<RgbImage> cut(RgbImage image) {
        List<RgbImage> tiles = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                tiles.add(image.crop(column * side, row * side, side, side));
            }
        }
        return tiles;
    }

    /**
     * The layout of a picture that is cut into these tiles and also encoded as a whole.
     *
     * @param wholeFirst whether the whole comes before the tiles
     */
    PictureLayout withWhole(int width, int height, boolean wholeFirst) {
        Grid square = new Grid(side, side);
        List<Piece> pieces = new ArrayList<>(Collections.nCopies(rows * columns, new Piece(Piece.Role.TILE, square)));
        pieces.add(wholeFirst ? 0 : pieces.size(), new Piece(Piece.Role.WHOLE, square));
        return new PictureLayout(width, height, rows, columns, pieces);
    }
}
