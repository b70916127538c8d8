package dev.pargo.gateway.inference;

import dev.pargo.proto.v1.TensorHeader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a picture has become on its way to an LLM: the places of its visual tokens.
 *
 * @param resizeMode how the picture became what the encoder sees, as the encoder describes it
 * @param pieces     in the order of the visual tokens
 * @param attention  what the projector looked at; null if the request does not ask for it
 */
public record SeenPicture(
        String resizeMode, List<Piece> pieces, @Nullable CrossAttention attention) {

    /** Numbers of a layout before those of its pieces, and of each piece; see {@link TensorHeader}. */
    private static final int HEAD = 4;

    private static final int OF_PIECE = 4;

    /**
     * The whole picture, or a tile of it.
     *
     * @param rows    of the grid of its visual tokens, in raster order; of all frames together
     * @param columns of the grid. Tokens without two dimensions are one row
     */
    public record Piece(boolean whole, int rows, int columns) {

        int tokens() {
            return rows * columns;
        }
    }

    static SeenPicture of(Projected picture, String resizeMode) {
        TensorHeader visual = picture.tokens().header();
        List<Integer> layout = visual.getLayoutList();
        List<Piece> pieces = new ArrayList<>();
        for (int at = HEAD; at + OF_PIECE <= layout.size(); at += OF_PIECE) {
            pieces.add(new Piece(layout.get(at) == 0, layout.get(at + 1) * layout.get(at + 2), layout.get(at + 3)));
        }
        if (pieces.isEmpty()) {
            pieces.add(new Piece(true, 1, Math.toIntExact(visual.getShape(0))));
        }
        return new SeenPicture(resizeMode, pieces, picture.attention());
    }

    /** All of its visual tokens. */
    public int tokens() {
        return pieces.stream().mapToInt(Piece::tokens).sum();
    }
}
