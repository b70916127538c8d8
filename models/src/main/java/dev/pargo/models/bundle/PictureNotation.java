package dev.pargo.models.bundle;

import dev.pargo.models.picture.Grid;
import dev.pargo.models.picture.PictureLayout;
import java.util.List;

/** How a model writes a picture into its prompt: runs of visual tokens, and text around and between them. */
@FunctionalInterface
public interface PictureNotation {

    /** Nothing but the visual tokens. */
    PictureNotation PLAIN = visual ->
            visual.pieces().stream().<Part>map(piece -> new Run(piece.grid())).toList();

    /**
     * Writes a picture in place of its placeholder.
     *
     * @param visual the projector's layout
     * @return the parts in order; their runs take the picture's rows one after another, all of them
     */
    List<Part> write(PictureLayout visual);

    /** A part of a written picture. */
    sealed interface Part {}

    /** Text of the model's own, whose control tokens are meant as such. */
    record Text(String text) implements Part {}

    /** Visual tokens on a grid. */
    record Run(Grid grid) implements Part {}
}
