package dev.pargo.models.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Reads tokens whose characters stand for bytes. Printable characters of Latin-1 stand for themselves, the other bytes
 * have the characters from U+0100 on, in order (GPT-2, {@code bytes_to_unicode}).
 */
final class ByteLevelDetokenizer implements Detokenizer {

    private static final int[] BYTE_OF = byteOfCharacter();

    private final List<Piece> pieces;
    private final Utf8Assembler characters = new Utf8Assembler();

    ByteLevelDetokenizer(List<Piece> pieces) {
        this.pieces = pieces;
    }

    @Override
    public String append(int id) {
        boolean hasText = id >= 0 && id < pieces.size() && pieces.get(id).type() != Piece.Type.CONTROL;
        return hasText ? characters.append(bytes(pieces.get(id).text())) : "";
    }

    /** A token with characters that stand for nothing, which only an added one can be, is text as it is. */
    private static byte[] bytes(String token) {
        byte[] bytes = new byte[token.length()];
        for (int i = 0; i < bytes.length; i++) {
            char character = token.charAt(i);
            if (character >= BYTE_OF.length || BYTE_OF[character] < 0) {
                return token.getBytes(StandardCharsets.UTF_8);
            }
            bytes[i] = (byte) BYTE_OF[character];
        }
        return bytes;
    }

    private static int[] byteOfCharacter() {
        int[] byteOf = new int[0x100 + 68];
        Arrays.fill(byteOf, -1);
        int next = 0x100;
        for (int value = 0; value < 0x100; value++) {
            boolean printable = value >= '!' && value <= '~' || value >= 0xA1 && value <= 0xAC || value >= 0xAE;
            byteOf[printable ? value : next++] = value;
        }
        return byteOf;
    }

    @Override
    public String finish() {
        return characters.finish();
    }
}
