package dev.pargo.models.tokenizer;

/** Lengths of characters in UTF-8. */
final class Utf8 {

    private Utf8() {}

    /** Length in bytes of the character at a position, from its first byte, but at most the rest of the text. */
    static int length(byte[] text, int at) {
        int first = text[at] & 0xFF;
        int length = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
        return Math.min(length, text.length - at);
    }
}
