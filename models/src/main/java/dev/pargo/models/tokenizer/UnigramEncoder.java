package dev.pargo.models.tokenizer;

import dev.pargo.models.tokenizer.SentencePieceModel.Piece;
import dev.pargo.models.tokenizer.SentencePieceModel.Type;
import java.util.Arrays;
import java.util.List;

/**
 * Finds the most probable division into pieces, by dynamic programming over the ends of pieces (SentencePiece,
 * unigram_model.cc).
 */
final class UnigramEncoder implements PieceEncoder {

    /** Difference in log probability between the least probable piece and a character without a piece. */
    private static final float UNKNOWN_PENALTY = 10;

    private final List<Piece> pieces;
    private final ByteTrie trie;
    private final float unknownScore;
    private final float maxScore;

    /** @param trie ids of the pieces that may be used for text */
    UnigramEncoder(List<Piece> pieces, ByteTrie trie) {
        this.pieces = pieces;
        this.trie = trie;
        float min = Float.MAX_VALUE;
        float max = Float.MIN_NORMAL;
        for (Piece piece : pieces) {
            if (piece.type() == Type.NORMAL) {
                min = Math.min(min, piece.score());
                max = Math.max(max, piece.score());
            }
        }
        this.unknownScore = min - UNKNOWN_PENALTY;
        this.maxScore = max;
    }

    @Override
    public void encode(byte[] text, Sink sink) {
        // The best path to each position: its last piece, the beginning of that piece, and the sum of scores.
        int[] ids = new int[text.length + 1];
        int[] starts = new int[text.length + 1];
        float[] scores = new float[text.length + 1];
        Arrays.fill(starts, ByteTrie.NONE);
        for (int start = 0; start < text.length; start += Utf8.length(text, start)) {
            int character = Utf8.length(text, start);
            boolean known = false;
            int node = ByteTrie.ROOT;
            for (int end = start + 1; end <= text.length; end++) {
                node = trie.next(node, text[end - 1]);
                if (node == ByteTrie.NONE) {
                    break;
                }
                int id = trie.value(node);
                if (id != ByteTrie.NONE && pieces.get(id).type() != Type.UNUSED) {
                    known |= end - start == character;
                    improve(ids, starts, scores, start, end, id, score(id, end - start));
                }
            }
            if (!known) {
                improve(ids, starts, scores, start, start + character, ByteTrie.NONE, unknownScore);
            }
        }
        emit(text.length, ids, starts, sink);
    }

    /** A user-defined piece always wins. */
    private double score(int id, int length) {
        Piece piece = pieces.get(id);
        return piece.type() == Type.USER_DEFINED ? length * maxScore - 0.1 : piece.score();
    }

    private static void improve(int[] ids, int[] starts, float[] scores, int start, int end, int id, double score) {
        double sum = score + scores[start];
        if (starts[end] == ByteTrie.NONE || sum > scores[end]) {
            scores[end] = (float) sum;
            starts[end] = start;
            ids[end] = id;
        }
    }

    private static void emit(int length, int[] ids, int[] starts, Sink sink) {
        int[] ends = new int[length];
        int count = 0;
        for (int end = length; end > 0; end = starts[end]) {
            ends[count++] = end;
        }
        while (count > 0) {
            int end = ends[--count];
            sink.accept(starts[end], end, ids[end]);
        }
    }
}
