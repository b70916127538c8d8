package dev.pargo.models.picture;

/** A part of a picture that a vision encoder sees at once. */
public record Piece(Role role, Grid grid) {

    /** What a piece shows. */
    public enum Role {
        /** The whole picture. */
        WHOLE,
        /** One of the tiles into which the picture is cut, row by row. */
        TILE
    }

    /** The same piece in other cells. */
    public Piece withGrid(Grid other) {
        return new Piece(role, other);
    }
}
