package dev.pargo.models.tokenizer;

/** Lengths of characters in UTF-8. */
final class Utf8 {

    private Utf8() {}

    /** Bytes of the character at a position, told by its first byte, but at most what is left. */
    static int length(byte[] text, int at) {
        int first = text[at] & 0xFF;
        int length = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
        return Math.min(length, text.length - at);
    }
}
