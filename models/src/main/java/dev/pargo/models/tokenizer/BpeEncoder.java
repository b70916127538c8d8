package dev.pargo.models.tokenizer;

import dev.pargo.models.tokenizer.SentencePieceModel.Piece;
import dev.pargo.models.tokenizer.SentencePieceModel.Type;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/** Merges neighbouring pieces, the pair with the highest score first (SentencePiece, bpe_model.cc). */
final class BpeEncoder implements PieceEncoder {

    private final List<Piece> pieces;
    private final ByteTrie trie;
    private final ByteTrie userDefined;

    /**
     * @param trie        ids of the pieces that may be used for text
     * @param userDefined pieces that are cut out of a text first and never merged
     */
    BpeEncoder(List<Piece> pieces, ByteTrie trie, ByteTrie userDefined) {
        this.pieces = pieces;
        this.trie = trie;
        this.userDefined = userDefined;
    }

    @Override
    public void encode(byte[] text, Sink sink) {
        new Merging(text).run(sink);
    }

    /** Two neighbours that can be merged into a piece. */
    private record Pair(int left, int right, float score, int length) implements Comparable<Pair> {

        @Override
        public int compareTo(Pair other) {
            int byScore = Float.compare(other.score, score);
            return byScore != 0 ? byScore : Integer.compare(left, other.left);
        }
    }

    /**
     * The symbols of one text. A symbol is identified by its number from the left; a merged symbol keeps the number of
     * its left part.
     */
    private final class Merging {

        private final byte[] text;
        private final int[] start;
        private final int[] length;
        private final int[] previous;
        private final int[] next;
        private final boolean[] frozen;
        private final PriorityQueue<Pair> pairs = new PriorityQueue<>();
        /** For pieces that are only intermediate steps: bytes of the left one of the two symbols that were merged. */
        private final Map<Integer, Integer> splits = new HashMap<>();

        private int symbols;

        Merging(byte[] text) {
            this.text = text;
            start = new int[text.length];
            length = new int[text.length];
            previous = new int[text.length];
            next = new int[text.length];
            frozen = new boolean[text.length];
            int at = 0;
            while (at < text.length) {
                int whole = userDefined.longestPrefix(text, at);
                frozen[symbols] = whole > 0;
                start[symbols] = at;
                length[symbols] = whole > 0 ? whole : Utf8.length(text, at);
                previous[symbols] = symbols - 1;
                at += length[symbols];
                next[symbols] = at < text.length ? symbols + 1 : -1;
                symbols++;
            }
        }

        void run(Sink sink) {
            for (int i = 1; i < symbols; i++) {
                propose(i - 1, i);
            }
            for (Pair pair = pairs.poll(); pair != null; pair = pairs.poll()) {
                merge(pair);
            }
            for (int i = symbols == 0 ? -1 : 0; i >= 0; i = next[i]) {
                emit(start[i], start[i] + length[i], sink);
            }
        }

        private void propose(int left, int right) {
            if (left < 0 || right < 0 || frozen[left] || frozen[right]) {
                return;
            }
            int from = start[left];
            int size = length[left] + length[right];
            int id = trie.get(text, from, from + size);
            if (id != ByteTrie.NONE) {
                pairs.add(new Pair(left, right, pieces.get(id).score(), size));
                if (pieces.get(id).type() == Type.UNUSED) {
                    splits.put(id, length[left]);
                }
            }
        }

        private void merge(Pair pair) {
            int left = pair.left;
            int right = pair.right;
            if (length[left] == 0 || length[right] == 0 || length[left] + length[right] != pair.length) {
                return;
            }
            length[left] = pair.length;
            length[right] = 0;
            next[left] = next[right];
            if (next[left] >= 0) {
                previous[next[left]] = left;
            }
            propose(previous[left], left);
            propose(left, next[left]);
        }

        private void emit(int from, int to, Sink sink) {
            int id = trie.get(text, from, to);
            Integer split = id == ByteTrie.NONE ? null : splits.get(id);
            if (split == null) {
                sink.accept(from, to, id);
            } else {
                emit(from, from + split, sink);
                emit(from + split, to, sink);
            }
        }
    }
}
