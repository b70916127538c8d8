package dev.pargo.models.tokenizer;

import dev.pargo.models.tokenizer.SentencePieceModel.Piece;
import dev.pargo.models.tokenizer.SentencePieceModel.Type;
import java.util.Arrays;
import java.util.List;

/**
 * Converts pieces to ids. A character without a piece becomes the pieces of its bytes; if the model has none, a run of
 * such characters becomes one unknown token.
 *
 * @param bytes   id of each byte's piece; empty if the model has no such pieces
 * @param unknown id of the unknown token
 */
record PieceIds(int[] bytes, int unknown) {

    /** @throws IllegalArgumentException if a byte lacks its piece */
    static PieceIds of(SentencePieceModel model) {
        List<Piece> pieces = model.pieces();
        int[] bytes = new int[model.byteFallback() ? 0x100 : 0];
        Arrays.fill(bytes, ByteTrie.NONE);
        int unknown = 0;
        for (int id = 0; id < pieces.size(); id++) {
            Piece piece = pieces.get(id);
            if (piece.type() == Type.UNKNOWN) {
                unknown = id;
            } else if (piece.type() == Type.BYTE) {
                if (!TokenBytes.isByte(piece.text())) {
                    throw new IllegalArgumentException("piece %d is no byte".formatted(id));
                }
                if (bytes.length > 0) {
                    bytes[TokenBytes.ofByte(piece.text())[0] & 0xFF] = id;
                }
            }
        }
        if (Arrays.stream(bytes).anyMatch(id -> id == ByteTrie.NONE)) {
            throw new IllegalArgumentException("the SentencePiece model lacks pieces for some bytes");
        }
        return new PieceIds(bytes, unknown);
    }

    Collector newCollector(byte[] text) {
        return new Collector(text);
    }

    /** The ids of one text. */
    final class Collector implements PieceEncoder.Sink {

        private final byte[] text;
        private int[] ids;
        private int count;
        private boolean afterUnknown;

        private Collector(byte[] text) {
            this.text = text;
            this.ids = new int[text.length / 2 + 8];
        }

        @Override
        public void accept(int from, int to, int id) {
            if (id != ByteTrie.NONE) {
                add(id);
            } else if (bytes.length > 0) {
                for (int i = from; i < to; i++) {
                    add(bytes[text[i] & 0xFF]);
                }
            } else if (!afterUnknown) {
                add(unknown);
            }
            afterUnknown = id == ByteTrie.NONE && bytes.length == 0;
        }

        private void add(int id) {
            if (count == ids.length) {
                ids = Arrays.copyOf(ids, 2 * count);
            }
            ids[count++] = id;
        }

        int[] toArray() {
            return Arrays.copyOf(ids, count);
        }
    }
}
