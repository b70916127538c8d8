package dev.pargo.models.picture;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * How a model writes a picture into its prompt: runs of visual tokens with text around and between them.
 *
 * @param placeholder text that the model's chat template writes in place of a picture
 * @param writer      returns the parts that replace the placeholder, in order, for the layout that the projector returns. Their
 *                    runs take all rows of the picture, one after another
 */
public record PictureNotation(String placeholder, Function<PictureLayout, List<Part>> writer) {

    /** A part of a written picture. */
    public sealed interface Part {}

    /** Fixed text of the model. Control tokens in it are encoded as control tokens. */
    public record Text(String text) implements Part {}

    /** A run of visual tokens on a grid. */
    public record Run(Grid grid) implements Part {}

    /** Of a projector that belongs to no published model: only the visual tokens, without text. */
    public static final PictureNotation PLAIN = plain("<image>");

    /** Only the visual tokens, without text. */
    public static PictureNotation plain(String placeholder) {
        return new PictureNotation(placeholder, PictureNotation::runs);
    }

    /** All visual tokens between two texts. */
    public static PictureNotation between(String placeholder, String before, String behind) {
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
