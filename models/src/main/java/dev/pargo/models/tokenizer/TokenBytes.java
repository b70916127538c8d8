package dev.pargo.models.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;

/** The notations of vocabularies for the bytes of a token. */
final class TokenBytes {

    private static final char SPACE_SYMBOL = '\u2581';
    private static final Pattern BYTE = Pattern.compile("<0x([0-9A-Fa-f]{2})>");
    private static final int[] BYTE_OF_CHARACTER = byteOfCharacter();

    private TokenBytes() {}

    /** A piece of text, with U+2581 for a space. */
    static byte[] ofPiece(String piece) {
        return piece.replace(SPACE_SYMBOL, ' ').getBytes(StandardCharsets.UTF_8);
    }

    /** Whether a piece is one byte, written like {@code <0x0A>}. */
    static boolean isByte(String piece) {
        return BYTE.matcher(piece).matches();
    }

    static byte[] ofByte(String piece) {
        return new byte[] {(byte) Integer.parseInt(piece.substring(3, 5), 16)};
    }

    /**
     * A token whose characters stand for bytes: printable characters of Latin-1 for themselves, characters from U+0100
     * on for the other bytes, in order (GPT-2, {@code bytes_to_unicode}). A token with other characters is plain text;
     * only added tokens have such characters.
     */
    static byte[] ofByteLevel(String token) {
        byte[] bytes = new byte[token.length()];
        for (int i = 0; i < bytes.length; i++) {
            char character = token.charAt(i);
            if (character >= BYTE_OF_CHARACTER.length || BYTE_OF_CHARACTER[character] < 0) {
                return token.getBytes(StandardCharsets.UTF_8);
            }
            bytes[i] = (byte) BYTE_OF_CHARACTER[character];
        }
        return bytes;
    }

    private static int[] byteOfCharacter() {
        int[] byteOf = new int[0x200];
        Arrays.fill(byteOf, -1);
        int next = 0x100;
        for (int value = 0; value < 0x100; value++) {
            boolean printable = value >= '!' && value <= '~' || value >= 0xA1 && value != 0xAD;
            byteOf[printable ? value : next++] = value;
        }
        return byteOf;
    }
}
