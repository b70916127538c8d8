package dev.pargo.models.picture;

/**
 * The cells of a piece: pixels, patches or visual tokens. Rows of a tensor that belong to a grid are in raster order, frame by
 * frame.
 *
 * @param frames  1 for a still picture
 * @param rows    at least 1
 * @param columns at least 1
 */
public record Grid(int frames, int rows, int columns) {

    public Grid {
        if (frames < 1 || rows < 1 || columns < 1) {
            throw new IllegalArgumentException("a grid of %d x %d x %d".formatted(frames, rows, columns));
        }
        Math.multiplyExact(frames, Math.multiplyExact(rows, columns));
    }

    /** A still picture's grid. */
    public Grid(int rows, int columns) {
        this(1, rows, columns);
    }

    /** Cells that are no plane, such as query tokens. */
    public static Grid line(int cells) {
        return new Grid(1, 1, cells);
    }

    public int cells() {
        return frames * rows * columns;
    }

    /** The grid of the squares of {@code side} x {@code side} cells; what fills no square is left out. */
    public Grid squares(int side) {
        return new Grid(frames, rows / side, columns / side);
    }
}
