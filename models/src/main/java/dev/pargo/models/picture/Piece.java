package dev.pargo.models.picture;

/** A part of a picture that goes through the vision encoder as one image. */
public record Piece(Role role, Grid grid) {

    /** What a piece shows. */
    public enum Role {
        /** The whole picture. */
        WHOLE,
        /** One of the tiles that the picture is cut into. Tiles are in raster order. */
        TILE
    }

    /** The same piece with another grid. */
    public Piece withGrid(Grid other) {
        return new Piece(role, other);
    }
}
