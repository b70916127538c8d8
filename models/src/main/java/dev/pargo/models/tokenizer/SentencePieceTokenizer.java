package dev.pargo.models.tokenizer;

import ai.djl.sentencepiece.SpTokenizer;
import dev.pargo.models.config.ConfigException;
import dev.pargo.models.tokenizer.SentencePieceModel.Piece;
import dev.pargo.models.tokenizer.SentencePieceModel.Type;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/** A SentencePiece model. The library encodes; decoding is implemented here (see {@link SentencePieceModel}). */
final class SentencePieceTokenizer implements Tokenizer {

    /** What SentencePiece writes for its unknown token. */
    private static final byte[] UNKNOWN_SURFACE = " \u2047 ".getBytes(StandardCharsets.UTF_8);

    private final SpTokenizer library;
    private final Vocabulary vocabulary;

    /**
     * Opens a model.
     *
     * @param added control tokens that the publishers added to the model's own: new ids, or names for unused pieces
     * @throws ConfigException if the file is missing or not a SentencePiece model
     */
    SentencePieceTokenizer(Path file, Map<String, Integer> added) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            SentencePieceModel model = SentencePieceModel.parse(bytes);
            vocabulary = new Vocabulary(model.dummyPrefix());
            List<Piece> pieces = model.pieces();
            for (int id = 0; id < pieces.size(); id++) {
                put(id, pieces.get(id));
            }
            Set<Integer> renamed = added.values().stream()
                    .filter(id -> id < pieces.size() && pieces.get(id).type() != Type.UNKNOWN)
                    .collect(Collectors.toSet());
            added.forEach((name, id) -> {
                if (id >= pieces.size() || renamed.contains(id)) {
                    vocabulary.putControl(id, name);
                }
            });
            library = new SpTokenizer(SentencePieceModel.withControls(bytes, renamed));
        } catch (IOException e) {
            throw new ConfigException("cannot read " + file, e);
        } catch (IllegalArgumentException e) {
            throw new ConfigException("%s: %s".formatted(file, e.getMessage()), e);
        }
    }

    private void put(int id, Piece piece) {
        switch (piece.type()) {
            case CONTROL -> vocabulary.putControl(id, piece.text());
            case BYTE -> vocabulary.put(id, TokenBytes.ofByte(piece.text()));
            case UNKNOWN -> vocabulary.put(id, UNKNOWN_SURFACE);
            default -> vocabulary.put(id, TokenBytes.ofPiece(piece.text()));
        }
    }

    @Override
    public int[] encode(String text) {
        // The library loops over C strings; an empty one has no tokens, not even the dummy prefix.
        return text.isEmpty() ? new int[0] : library.getProcessor().encode(text);
    }

    @Override
    public Detokenizer newDetokenizer() {
        return vocabulary.newDetokenizer();
    }

    @Override
    public OptionalInt controlToken(String piece) {
        return vocabulary.control(piece);
    }

    @Override
    public Set<String> controlTokens() {
        return vocabulary.controls();
    }

    @Override
    public byte[] bytes(int id) {
        return vocabulary.bytes(id);
    }

    @Override
    public int vocabulary() {
        return vocabulary.size();
    }

    @Override
    public void close() {
        library.close();
    }
}
