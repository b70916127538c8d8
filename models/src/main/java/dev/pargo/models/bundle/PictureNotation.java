package dev.pargo.models.bundle;

import dev.pargo.models.picture.Grid;
import dev.pargo.models.picture.PictureLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * How a model writes a picture into its prompt: runs of visual tokens, and text around and between them.
 *
 * @param placeholder stands for a picture in the prompts that the model's chat template writes
 * @param writer      gives the parts that take the placeholder's place, in order; from the projector's layout. Their runs take the
 *                    picture's rows one after another, all of them
 */
public record PictureNotation(String placeholder, Function<PictureLayout, List<Part>> writer) {

    /** A part of a written picture. */
    public sealed interface Part {}

    /** Text of the model's own, whose control tokens are meant as such. */
    public record Text(String text) implements Part {}

    /** Visual tokens on a grid. */
    public record Run(Grid grid) implements Part {}

    /** Nothing but the visual tokens. */
    static PictureNotation plain(String placeholder) {
        return new PictureNotation(placeholder, PictureNotation::runs);
    }

    /** All visual tokens between two texts. */
    static PictureNotation between(String placeholder, String before, String behind) {
        return new PictureNotation(placeholder, visual -> {
            List<Part> parts = new ArrayList<>();
            parts.add(new Text(before));
            parts.addAll(runs(visual));
            parts.add(new Text(behind));
            return parts;
        });
    }

    private static List<Part> runs(PictureLayout visual) {
        return visual.pieces().stream()
                .<Part>map(piece -> new Run(piece.grid()))
                .toList();
    }

    /** The parts of a picture. */
    public List<Part> write(PictureLayout visual) {
        return writer.apply(visual);
    }
}
