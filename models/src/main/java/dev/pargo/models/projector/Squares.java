package dev.pargo.models.projector;

/** Sides of squares of patches or visual tokens. */
final class Squares {

    private Squares() {}

    /** @throws IllegalArgumentException if the number of cells is not a square number */
    static int side(String what, int cells) {
        int side = (int) Math.round(Math.sqrt(cells));
        if (side * side != cells) {
            throw new IllegalArgumentException("%s: %d are no square".formatted(what, cells));
        }
        return side;
    }
}
