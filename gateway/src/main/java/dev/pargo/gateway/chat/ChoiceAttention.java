package dev.pargo.gateway.chat;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.google.protobuf.ByteString;
import dev.pargo.gateway.inference.SeenPicture;
import dev.pargo.proto.v1.VisualAttention;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * An extension: where the tokens of an answer looked.
 *
 * @param tokens   one entry for each token, in order; null in the chunk that ends a streamed choice
 * @param pictures those of the conversation, in their order; null in the chunks before that one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ChoiceAttention(
        @Nullable List<Token> tokens, @Nullable List<Picture> pictures) {

    private static final double LARGEST_LEVEL = 0xffff;

    /** Digits of a weight after the point. */
    private static final double PRECISION = 1e7;

    /** Of a whole answer. */
    static ChoiceAttention of(List<VisualAttention> tokens, List<SeenPicture> pictures) {
        return new ChoiceAttention(tokens(tokens), pictures(pictures));
    }

    /** Of a piece of a streamed answer; null if the piece has no attention. */
    static @Nullable ChoiceAttention piece(List<VisualAttention> tokens) {
        return tokens.isEmpty() ? null : new ChoiceAttention(tokens(tokens), null);
    }

    /** Of the end of a streamed answer. */
    static ChoiceAttention end(List<SeenPicture> pictures) {
        return new ChoiceAttention(null, pictures(pictures));
    }

    private static List<Token> tokens(List<VisualAttention> tokens) {
        return tokens.stream().map(Token::of).toList();
    }

    private static List<Picture> pictures(List<SeenPicture> pictures) {
        return pictures.stream().map(Picture::of).toList();
    }

    /**
     * A token of the answer.
     *
     * @param token  its text; an incomplete character becomes U+FFFD
     * @param bytes  its own bytes, 0 to 255
     * @param visual its attention to each visual token of all pictures; the sum is at most 1
     */
    record Token(String token, int[] bytes, double[] visual) {

        static Token of(VisualAttention attention) {
            ByteString text = attention.getText();
            int[] bytes = IntStream.range(0, text.size())
                    .map(i -> text.byteAt(i) & 0xff)
                    .toArray();
            ShortBuffer levels = attention
                    .getWeights()
                    .asReadOnlyByteBuffer()
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asShortBuffer();
            double unit = attention.getLargest() / LARGEST_LEVEL;
            double[] visual = IntStream.range(0, levels.limit())
                    .mapToDouble(i -> Math.round((levels.get(i) & 0xffff) * unit * PRECISION) / PRECISION)
                    .toArray();
            return new Token(text.toStringUtf8(), bytes, visual);
        }
    }

    /**
     * A picture: the positions of its visual tokens, in the prompt and in the picture.
     *
     * @param pieces in the order of its visual tokens
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record Picture(int visualTokens, String resizeMode, List<Piece> pieces) {

        static Picture of(SeenPicture seen) {
            return new Picture(
                    seen.tokens(),
                    seen.resizeMode(),
                    seen.pieces().stream()
                            .map(piece -> new Piece(piece.whole() ? "whole" : "tile", piece.rows(), piece.columns()))
                            .toList());
        }
    }

    /** A grid of visual tokens, in raster order. */
    record Piece(String kind, int rows, int columns) {}
}
