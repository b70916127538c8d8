package dev.pargo.models.tokenizer;

import ai.djl.sentencepiece.SpTokenizer;
import dev.pargo.models.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/** A SentencePiece model. Encoding is the library's, decoding is ours (see {@link SentencePieceModel}). */
final class SentencePieceTokenizer implements Tokenizer {

    private final SpTokenizer library;
    private final List<Piece> pieces;
    private final boolean dummyPrefix;
    private final Map<String, Integer> controlTokens = new HashMap<>();

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
            dummyPrefix = model.dummyPrefix();
            pieces = new ArrayList<>(model.pieces());
            library = new SpTokenizer(SentencePieceModel.withControls(bytes, name(added)));
        } catch (IOException e) {
            throw new ConfigException("cannot read " + file, e);
        } catch (IllegalArgumentException e) {
            throw new ConfigException("%s: %s".formatted(file, e.getMessage()), e);
        }
        for (int id = 0; id < pieces.size(); id++) {
            if (pieces.get(id).type() == Piece.Type.CONTROL) {
                controlTokens.put(pieces.get(id).text(), id);
            }
        }
    }

    /** Puts the added tokens among the pieces; gives the ids of pieces that so became control tokens. */
    private Set<Integer> name(Map<String, Integer> added) {
        Set<Integer> changed = new HashSet<>();
        added.forEach((text, id) -> {
            while (pieces.size() <= id) {
                pieces.add(new Piece("", Piece.Type.UNUSED));
            }
            Piece.Type type = pieces.get(id).type();
            if (type != Piece.Type.UNKNOWN && type != Piece.Type.BYTE) {
                pieces.set(id, new Piece(text, Piece.Type.CONTROL));
                changed.add(id);
            }
        });
        return changed;
    }

    @Override
    public int[] encode(String text) {
        // The library loops over C strings; an empty one has no tokens, not even the dummy prefix.
        return text.isEmpty() ? new int[0] : library.getProcessor().encode(text);
    }

    @Override
    public Detokenizer newDetokenizer() {
        return new PieceDetokenizer(pieces, dummyPrefix);
    }

    @Override
    public OptionalInt controlToken(String piece) {
        Integer id = controlTokens.get(piece);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    @Override
    public int vocabulary() {
        return pieces.size();
    }

    @Override
    public void close() {
        library.close();
    }
}
