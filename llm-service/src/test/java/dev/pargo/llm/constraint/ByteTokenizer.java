package dev.pargo.llm.constraint;

import dev.pargo.models.tokenizer.Detokenizer;
import dev.pargo.models.tokenizer.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;

/** A vocabulary of byte strings, as in byte-level BPE: parts of characters are tokens too. */
final class ByteTokenizer implements Tokenizer {

    private final List<byte[]> pieces;

    ByteTokenizer(List<byte[]> pieces) {
        this.pieces = pieces;
    }

    /** Every byte, and random strings of the characters of JSON and text. */
    static ByteTokenizer random(int size, long seed) {
        byte[] alphabet = "{}[]:,\"\\ \n\t0123456789.-+eE truefalsenullabcdefuXYZ\u00e9\u20ac\uD83D\uDE00"
                .getBytes(StandardCharsets.UTF_8);
        Random random = new Random(seed);
        List<byte[]> pieces = new ArrayList<>();
        for (int octet = 0; octet < 256; octet++) {
            pieces.add(new byte[] {(byte) octet});
        }
        while (pieces.size() < size) {
            byte[] piece = new byte[2 + random.nextInt(8)];
            for (int i = 0; i < piece.length; i++) {
                piece[i] = alphabet[random.nextInt(alphabet.length)];
            }
            pieces.add(piece);
        }
        return new ByteTokenizer(pieces);
    }

    @Override
    public int[] encode(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int[] ids = new int[bytes.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = bytes[i] & 0xFF;
        }
        return ids;
    }

    @Override
    public Detokenizer newDetokenizer() {
        return new Detokenizer() {
            private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

            @Override
            public String append(int id) {
                bytes.writeBytes(pieces.get(id));
                return "";
            }

            @Override
            public String finish() {
                return bytes.toString(StandardCharsets.UTF_8);
            }
        };
    }

    @Override
    public OptionalInt controlToken(String piece) {
        return OptionalInt.empty();
    }

    @Override
    public Set<String> controlTokens() {
        return Set.of();
    }

    @Override
    public byte[] bytes(int id) {
        return pieces.get(id);
    }

    @Override
    public int vocabulary() {
        return pieces.size();
    }

    @Override
    public void close() {}
}
