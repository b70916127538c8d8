package dev.pargo.models.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

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
    private static final int LENGTH_DELIMITED = 2;
    private static final byte[] TYPE_CONTROL = {PIECE_TYPE << 3, 3};

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

    /**
     * The file with some of its pieces turned into control tokens, which no text is ever encoded to. Publishers give names
     * to pieces that they left unused; under its old name such a piece would still be found in a user's text.
     */
    static byte[] withControls(byte[] file, Set<Integer> ids) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(file.length + TYPE_CONTROL.length * ids.size());
        Fields fields = new Fields(ByteBuffer.wrap(file));
        int id = 0;
        while (fields.next()) {
            boolean isPiece = fields.number == PIECES;
            if (isPiece && ids.contains(id)) {
                byte[] piece = new byte[fields.bytes.remaining()];
                fields.bytes.get(piece);
                out.write(PIECES << 3 | LENGTH_DELIMITED);
                writeVarint(out, piece.length + TYPE_CONTROL.length);
                out.writeBytes(piece);
                // Of a field that occurs twice the last one counts.
                out.writeBytes(TYPE_CONTROL);
            } else {
                out.write(file, fields.start, fields.in.position() - fields.start);
            }
            id += isPiece ? 1 : 0;
        }
        return out.toByteArray();
    }

    private static void writeVarint(ByteArrayOutputStream out, int value) {
        int rest = value;
        while (rest > 0x7F) {
            out.write(rest & 0x7F | 0x80);
            rest >>>= 7;
        }
        out.write(rest);
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
        private int start;
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
            start = in.position();
            long key = readVarint();
            number = (int) (key >>> 3);
            switch ((int) (key & 7)) {
                case 0 -> varint = readVarint();
                case 1 -> in.getLong();
                case LENGTH_DELIMITED -> {
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
