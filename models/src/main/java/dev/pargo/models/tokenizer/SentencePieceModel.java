package dev.pargo.models.tokenizer;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A SentencePiece {@code tokenizer.model}, read by its own reader of protobuf. Format: sentencepiece_model.proto.
 *
 * @param pieces        by id
 * @param algorithm     how a text is cut into pieces
 * @param byteFallback  whether a character without a piece becomes the pieces of its bytes; otherwise it is unknown
 * @param normalization changes to a text before it is cut into pieces
 */
record SentencePieceModel(List<Piece> pieces, Algorithm algorithm, boolean byteFallback, Normalization normalization) {

    /** The order is that of the file format, from 1. */
    enum Type {
        NORMAL,
        UNKNOWN,
        CONTROL,
        USER_DEFINED,
        UNUSED,
        BYTE
    }

    /** The order is that of the file format, from 1. */
    enum Algorithm {
        UNIGRAM,
        BPE,
        WORD,
        CHAR
    }

    /** @param score log probability, or the rank of a merge as a negative number */
    record Piece(String text, Type type, float score) {}

    /**
     * @param charsMap           rules for characters, see {@link CharsMap}; empty for none
     * @param dummyPrefix        whether a space is put before the text; decoding removes it
     * @param removesExtraSpaces whether spaces at both ends are removed, and runs of spaces are replaced by one
     * @param escapesSpaces      whether a space becomes U+2581
     */
    record Normalization(byte[] charsMap, boolean dummyPrefix, boolean removesExtraSpaces, boolean escapesSpaces) {

        Normalization withoutDummyPrefix() {
            return new Normalization(charsMap, false, removesExtraSpaces, escapesSpaces);
        }
    }

    /** Longest piece in bytes. Published pieces are shorter; a longer one is crafted. */
    private static final int MAX_PIECE_CHARACTERS = 1024;

    private static final int PIECES = 1;
    private static final int TRAINER = 2;
    private static final int NORMALIZER = 3;

    private static final int PIECE_TEXT = 1;
    private static final int PIECE_SCORE = 2;
    private static final int PIECE_TYPE = 3;

    private static final int TRAINER_ALGORITHM = 3;
    private static final int TRAINER_SPACE_AS_SUFFIX = 24;
    private static final int TRAINER_BYTE_FALLBACK = 35;

    private static final int NORMALIZER_CHARS_MAP = 2;
    private static final int NORMALIZER_DUMMY_PREFIX = 3;
    private static final int NORMALIZER_REMOVE_EXTRA = 4;
    private static final int NORMALIZER_ESCAPE = 5;

    SentencePieceModel {
        pieces = List.copyOf(pieces);
    }

    /** @throws IllegalArgumentException if the bytes are not such a file, or of a kind that is not supported */
    static SentencePieceModel parse(byte[] file) {
        try {
            Parser parser = new Parser();
            parser.read(new ProtobufFields(ByteBuffer.wrap(file)));
            return parser.finish();
        } catch (BufferUnderflowException | IndexOutOfBoundsException | ArithmeticException e) {
            throw new IllegalArgumentException("truncated SentencePiece model", e);
        }
    }

    private static final class Parser {

        private final List<Piece> pieces = new ArrayList<>();
        private Algorithm algorithm = Algorithm.UNIGRAM;
        private boolean byteFallback;
        private Normalization normalization = new Normalization(new byte[0], true, true, true);

        void read(ProtobufFields fields) {
            while (fields.next()) {
                switch (fields.number()) {
                    case PIECES -> pieces.add(piece(fields.message()));
                    case TRAINER -> trainer(fields.message());
                    case NORMALIZER -> normalization = normalization(fields.message());
                    default -> {
                        // Data that is left from training.
                    }
                }
            }
        }

        SentencePieceModel finish() {
            if (pieces.isEmpty()) {
                throw new IllegalArgumentException("not a SentencePiece model: it has no pieces");
            }
            if (pieces.stream().filter(piece -> piece.type == Type.UNKNOWN).count() != 1) {
                throw new IllegalArgumentException("not a SentencePiece model: it must have exactly one unknown piece");
            }
            if (algorithm != Algorithm.UNIGRAM && algorithm != Algorithm.BPE) {
                throw new IllegalArgumentException(
                        "a SentencePiece model of type %s is not supported: UNIGRAM, BPE".formatted(algorithm));
            }
            return new SentencePieceModel(pieces, algorithm, byteFallback, normalization);
        }

        private Piece piece(ProtobufFields fields) {
            String text = "";
            float score = 0;
            Type type = Type.NORMAL;
            while (fields.next()) {
                switch (fields.number()) {
                    case PIECE_TEXT -> text = fields.string();
                    case PIECE_SCORE -> score = fields.number32();
                    case PIECE_TYPE -> type = Type.values()[(int) fields.varint() - 1];
                    default -> {
                        // Unknown fields are allowed.
                    }
                }
            }
            if (text.isEmpty() || text.length() > MAX_PIECE_CHARACTERS) {
                throw new IllegalArgumentException("piece %d of the SentencePiece model has %d characters, not 1 to %d"
                        .formatted(pieces.size(), text.length(), MAX_PIECE_CHARACTERS));
            }
            return new Piece(text, type, score);
        }

        private void trainer(ProtobufFields fields) {
            while (fields.next()) {
                switch (fields.number()) {
                    case TRAINER_ALGORITHM -> algorithm = Algorithm.values()[(int) fields.varint() - 1];
                    case TRAINER_BYTE_FALLBACK -> byteFallback = fields.varint() != 0;
                    case TRAINER_SPACE_AS_SUFFIX -> {
                        if (fields.varint() != 0) {
                            throw new IllegalArgumentException(
                                    "a SentencePiece model with spaces behind words is not supported");
                        }
                    }
                    default -> {
                        // Used only in training.
                    }
                }
            }
        }

        private static Normalization normalization(ProtobufFields fields) {
            byte[] charsMap = {};
            boolean dummyPrefix = true;
            boolean removesExtraSpaces = true;
            boolean escapesSpaces = true;
            while (fields.next()) {
                switch (fields.number()) {
                    case NORMALIZER_CHARS_MAP -> charsMap = fields.bytes();
                    case NORMALIZER_DUMMY_PREFIX -> dummyPrefix = fields.varint() != 0;
                    case NORMALIZER_REMOVE_EXTRA -> removesExtraSpaces = fields.varint() != 0;
                    case NORMALIZER_ESCAPE -> escapesSpaces = fields.varint() != 0;
                    default -> {
                        // Used only in training.
                    }
                }
            }
            return new Normalization(charsMap, dummyPrefix, removesExtraSpaces, escapesSpaces);
        }
    }
}
