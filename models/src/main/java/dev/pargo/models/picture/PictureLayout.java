package dev.pargo.models.picture;

import dev.pargo.models.picture.Piece.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The pieces of a picture and the grid of each piece. Each stage has its own layout of the picture: the cells are pixels in the
 * encoder's input, patches in its output, and visual tokens in the projector's output.
 *
 * @param width       width of the original picture in pixels
 * @param height      height of the original picture in pixels
 * @param tileRows    rows of the grid of tiles; 0 without tiles
 * @param tileColumns columns of the grid of tiles; 0 without tiles
 * @param pieces      at least one, in the order of their rows
 */
public record PictureLayout(int width, int height, int tileRows, int tileColumns, List<Piece> pieces) {

    /** Limit on rows and columns of tiles. No model uses this many. */
    private static final int MAX_TILES = 1000;

    private static final int HEAD = 4;
    private static final int OF_PIECE = 4;

    public PictureLayout {
        pieces = List.copyOf(pieces);
        if (pieces.isEmpty()) {
            throw new IllegalArgumentException("a picture without pieces");
        }
        if (width < 1
                || height < 1
                || tileRows < 0
                || tileColumns < 0
                || tileRows > MAX_TILES
                || tileColumns > MAX_TILES) {
            throw new IllegalArgumentException(
                    "a picture of %d x %d pixels in %d x %d tiles".formatted(width, height, tileRows, tileColumns));
        }
    }

    /** A picture that consists of one piece. */
    public static PictureLayout whole(int width, int height, Grid grid) {
        return new PictureLayout(width, height, 0, 0, List.of(new Piece(Role.WHOLE, grid)));
    }

    /**
     * Reads what {@link #numbers} wrote.
     *
     * @throws IllegalArgumentException if the numbers are not a valid layout
     */
    public static PictureLayout of(List<Integer> numbers) {
        if (numbers.size() < HEAD + OF_PIECE || (numbers.size() - HEAD) % OF_PIECE != 0) {
            throw new IllegalArgumentException("%d numbers are no layout".formatted(numbers.size()));
        }
        List<Piece> pieces = new ArrayList<>();
        for (int at = HEAD; at < numbers.size(); at += OF_PIECE) {
            Grid grid = new Grid(numbers.get(at + 1), numbers.get(at + 2), numbers.get(at + 3));
            pieces.add(new Piece(numbers.get(at) == 0 ? Role.WHOLE : Role.TILE, grid));
        }
        return new PictureLayout(numbers.get(0), numbers.get(1), numbers.get(2), numbers.get(3), pieces);
    }

    /**
     * The layout as numbers: width, height, rows and columns of tiles; then for each piece 0 for the whole picture or 1 for a
     * tile, and the frames, rows and columns of its grid.
     */
    public List<Integer> numbers() {
        List<Integer> numbers = new ArrayList<>(List.of(width, height, tileRows, tileColumns));
        for (Piece piece : pieces) {
            Grid grid = piece.grid();
            numbers.addAll(List.of(piece.role() == Role.WHOLE ? 0 : 1, grid.frames(), grid.rows(), grid.columns()));
        }
        return numbers;
    }

    /** Number of cells of all pieces. */
    public int cells() {
        return pieces.stream().mapToInt(piece -> piece.grid().cells()).reduce(0, Math::addExact);
    }

    /** The same pieces with other grids. */
    public PictureLayout map(UnaryOperator<Grid> cells) {
        return withPieces(pieces.stream()
                .map(piece -> piece.withGrid(cells.apply(piece.grid())))
                .toList());
    }

    /** The same picture with other pieces. */
    public PictureLayout withPieces(List<Piece> others) {
        return new PictureLayout(width, height, tileRows, tileColumns, others);
    }
}
