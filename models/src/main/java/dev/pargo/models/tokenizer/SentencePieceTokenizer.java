package dev.pargo.models.tokenizer;

import ai.djl.sentencepiece.SpTokenizer;
import dev.pargo.models.bundle.BundleException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/** A SentencePiece model. Encoding is the library's, decoding is ours (see {@link SentencePieceModel}). */
public final class SentencePieceTokenizer implements Tokenizer {

    private static final char SPACE_SYMBOL = '\u2581';

    /** What SentencePiece writes for its unknown token. */
    private static final String UNKNOWN_SURFACE = " \u2047 ";

    private final SpTokenizer library;
    private final SentencePieceModel model;
    private final Map<String, Integer> controlTokens = new HashMap<>();

    /** @throws BundleException if the file is missing or not a SentencePiece model */
    public SentencePieceTokenizer(Path file) {
        try {
            model = SentencePieceModel.parse(Files.readAllBytes(file));
            library = new SpTokenizer(file);
        } catch (IOException e) {
            throw new BundleException("cannot read " + file, e);
        } catch (IllegalArgumentException e) {
            throw new BundleException("%s: %s".formatted(file, e.getMessage()), e);
        }
        for (int id = 0; id < model.pieces().size(); id++) {
            if (model.pieces().get(id).type() == SentencePieceModel.Type.CONTROL) {
                controlTokens.put(model.pieces().get(id).text(), id);
            }
        }
    }

    @Override
    public int[] encode(String text) {
        // The library loops over C strings; an empty one has no tokens, not even the dummy prefix.
        return text.isEmpty() ? new int[0] : library.getProcessor().encode(text);
    }

    @Override
    public Detokenizer newDetokenizer() {
        return new PieceReader();
    }

    @Override
    public OptionalInt controlToken(String piece) {
        Integer id = controlTokens.get(piece);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    @Override
    public byte[] bytes(int id) {
        if (id < 0 || id >= model.pieces().size()) {
            return new byte[0];
        }
        SentencePieceModel.Piece piece = model.pieces().get(id);
        return switch (piece.type()) {
            case CONTROL -> new byte[0];
            case BYTE -> new byte[] {byteOf(piece)};
            case UNKNOWN -> UNKNOWN_SURFACE.getBytes(StandardCharsets.UTF_8);
            default -> piece.text().replace(SPACE_SYMBOL, ' ').getBytes(StandardCharsets.UTF_8);
        };
    }

    private static byte byteOf(SentencePieceModel.Piece piece) {
        return (byte) Integer.parseInt(piece.text().substring(3, 5), 16);
    }

    @Override
    public int vocabulary() {
        return model.pieces().size();
    }

    @Override
    public void close() {
        library.close();
    }

    /** Reads pieces: bytes are joined to characters, and the first piece loses the dummy prefix. */
    private final class PieceReader implements Detokenizer {

        private final Utf8Assembler characters = new Utf8Assembler();
        private boolean atStart = model.dummyPrefix();

        @Override
        public String append(int id) {
            // A model may have more outputs than its tokenizer has pieces; those have no text.
            if (id < 0 || id >= model.pieces().size()) {
                return "";
            }
            SentencePieceModel.Piece piece = model.pieces().get(id);
            if (piece.type() == SentencePieceModel.Type.CONTROL) {
                return "";
            }
            boolean first = atStart;
            atStart = false;
            return switch (piece.type()) {
                case BYTE ->
                    characters.append(new byte[] {
                        (byte) Integer.parseInt(piece.text().substring(3, 5), 16)
                    });
                case UNKNOWN -> characters.finish() + UNKNOWN_SURFACE;
                default -> characters.finish() + surface(piece.text(), first);
            };
        }

        private String surface(String piece, boolean first) {
            String text = piece.replace(SPACE_SYMBOL, ' ');
            return first && text.startsWith(" ") ? text.substring(1) : text;
        }

        @Override
        public String finish() {
            return characters.finish();
        }
    }
}
