package dev.pargo.models.tokenizer;

/** Cuts a normalised text into pieces of a SentencePiece model. Thread-safe. */
interface PieceEncoder {

    /** Receives the pieces from left to right. */
    interface Sink {

        /** @param id the piece's, or {@link ByteTrie#NONE} for a character that no piece has */
        void accept(int from, int to, int id);
    }

    void encode(byte[] text, Sink sink);
}
