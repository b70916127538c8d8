package dev.pargo.models.picture;

/**
 * The cells of a piece: pixels, patches or visual tokens. The rows of a tensor that correspond to the cells are in raster order,
 * frame by frame.
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

    /** The grid of a still picture. */
    public Grid(int rows, int columns) {
        this(1, rows, columns);
    }

    /** Cells without a two-dimensional order, such as query tokens. */
    public static Grid line(int cells) {
        return new Grid(1, 1, cells);
    }

    public int cells() {
        return frames * rows * columns;
    }

    /**
     * The grid whose cells are squares of {@code side} x {@code side} cells of this one. Rows and columns that do not fill a
     * square are left out.
     */
    public Grid squares(int side) {
        return new Grid(frames, rows / side, columns / side);
    }
}
