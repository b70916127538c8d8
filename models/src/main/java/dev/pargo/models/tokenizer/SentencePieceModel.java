package dev.pargo.models.tokenizer;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The vocabulary of a SentencePiece {@code tokenizer.model}. The library's JNI layer mangles characters beyond the basic
 * plane when it hands pieces over, so decoding needs them from the file. Format: sentencepiece_model.proto.
 *
 * @param pieces      by id
 * @param dummyPrefix whether encoding puts a space before the text, which decoding takes off again
 */
record SentencePieceModel(List<Piece> pieces, boolean dummyPrefix) {

    enum Type {
        NORMAL,
        UNKNOWN,
        CONTROL,
        USER_DEFINED,
        UNUSED,
        BYTE
    }

    record Piece(String text, Type type) {}

    private static final int PIECES = 1;
    private static final int NORMALIZER = 3;
    private static final int PIECE_TEXT = 1;
    private static final int PIECE_TYPE = 3;
    private static final int NORMALIZER_DUMMY_PREFIX = 3;

    /** @throws IllegalArgumentException if the bytes are not such a file */
    static SentencePieceModel parse(byte[] file) {
        List<Piece> pieces = new ArrayList<>();
        boolean dummyPrefix = true;
        try {
            Fields fields = new Fields(ByteBuffer.wrap(file));
            while (fields.next()) {
                if (fields.number == PIECES) {
                    pieces.add(piece(fields.message()));
                } else if (fields.number == NORMALIZER) {
                    Fields normalizer = fields.message();
                    while (normalizer.next()) {
                        if (normalizer.number == NORMALIZER_DUMMY_PREFIX) {
                            dummyPrefix = normalizer.varint != 0;
                        }
                    }
                }
            }
        } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("truncated SentencePiece model", e);
        }
        if (pieces.isEmpty()) {
            throw new IllegalArgumentException("not a SentencePiece model: it has no pieces");
        }
        return new SentencePieceModel(List.copyOf(pieces), dummyPrefix);
    }

    private static Piece piece(Fields fields) {
        String text = "";
        Type type = Type.NORMAL;
        while (fields.next()) {
            if (fields.number == PIECE_TEXT) {
                text = fields.string();
            } else if (fields.number == PIECE_TYPE) {
                type = Type.values()[(int) fields.varint - 1];
            }
        }
        return new Piece(text, type);
    }

    /** The fields of one protobuf message, one after another. */
    private static final class Fields {

        private final ByteBuffer in;
        private int number;
        private long varint;
        private ByteBuffer bytes = ByteBuffer.allocate(0);

        Fields(ByteBuffer in) {
            this.in = in;
        }

        boolean next() {
            if (!in.hasRemaining()) {
                return false;
            }
            long key = readVarint();
            number = (int) (key >>> 3);
            switch ((int) (key & 7)) {
                case 0 -> varint = readVarint();
                case 1 -> in.getLong();
                case 2 -> {
                    int length = Math.toIntExact(readVarint());
                    bytes = in.slice(in.position(), length);
                    in.position(in.position() + length);
                }
                case 5 -> in.getInt();
                default -> throw new IllegalArgumentException("not a SentencePiece model");
            }
            return true;
        }

        Fields message() {
            return new Fields(bytes);
        }

        String string() {
            return StandardCharsets.UTF_8.decode(bytes).toString();
        }

        private long readVarint() {
            long value = 0;
            for (int shift = 0; shift < 64; shift += 7) {
                byte next = in.get();
                value |= (long) (next & 0x7F) << shift;
                if (next >= 0) {
                    return value;
                }
            }
            throw new IllegalArgumentException("not a SentencePiece model");
        }
    }
}
