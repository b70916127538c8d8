package dev.pargo.models.projector;

/** Sides of squares of patches or visual tokens. */
final class Squares {

    private Squares() {}

    /** @throws IllegalArgumentException if so many cells are no square */
    static int side(String what, int cells) {
        int side = (int) Math.round(Math.sqrt(cells));
        if (side * side != cells) {
            throw new IllegalArgumentException("%s: %d are no square".formatted(what, cells));
        }
        return side;
    }
}
