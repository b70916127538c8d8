package dev.pargo.models.tokenizer;

/** A token of a vocabulary whose tokens are pieces of text, with {@code U+2581} for a space. */
record Piece(String text, Type type) {

    /** Types in SentencePiece's order. */
    enum Type {
        NORMAL,
        UNKNOWN,
        CONTROL,
        USER_DEFINED,
        UNUSED,
        /** One byte, written {@code <0x0A>}. */
        BYTE
    }
}
