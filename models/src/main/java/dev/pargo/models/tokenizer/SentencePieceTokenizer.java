package dev.pargo.models.tokenizer;

import dev.pargo.models.config.ConfigException;
import dev.pargo.models.tokenizer.SentencePieceModel.Algorithm;
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

/**
 * A SentencePiece model, encoded and decoded in Java. The native library reads out of bounds in crafted models
 * (CVE-2026-1260 and others). Its fixed versions refuse models with a NUL byte as a piece, such as InternLM2's.
 */
final class SentencePieceTokenizer implements Tokenizer {

    /** The text that SentencePiece writes for its unknown token. */
    private static final byte[] UNKNOWN_SURFACE = " \u2047 ".getBytes(StandardCharsets.UTF_8);

    /** Published models have up to 5 MB. */
    private static final long MAX_FILE = 64 << 20;

    private final Vocabulary vocabulary;
    private final Normalizer normalizer;
    private final Normalizer inside;
    private final PieceEncoder encoder;
    private final PieceIds ids;

    /**
     * Opens a model.
     *
     * @param added control tokens that the publishers added to the model's own: new ids, or names for unused pieces
     * @param spacesFirstOnly whether only the first text of a prompt gets the model's space before it; otherwise all texts do
     * @throws ConfigException if the file is missing or not a SentencePiece model
     */
    SentencePieceTokenizer(Path file, Map<String, Integer> added, boolean spacesFirstOnly) {
        try {
            SentencePieceModel model = SentencePieceModel.parse(read(file));
            ids = PieceIds.of(model);
            List<Piece> pieces = model.pieces();
            // Under its old name, such a piece would still be found in a user's text.
            Set<Integer> renamed = added.values().stream()
                    .filter(id -> id < pieces.size() && pieces.get(id).type() != Type.UNKNOWN)
                    .collect(Collectors.toSet());
            vocabulary = new Vocabulary(model.normalization().dummyPrefix());
            ByteTrie text = new ByteTrie();
            ByteTrie userDefined = new ByteTrie();
            for (int id = 0; id < pieces.size(); id++) {
                Piece piece = pieces.get(id);
                put(id, piece);
                if (isText(piece) && !renamed.contains(id)) {
                    byte[] bytes = piece.text().getBytes(StandardCharsets.UTF_8);
                    text.put(bytes, id);
                    if (piece.type() == Type.USER_DEFINED) {
                        userDefined.put(bytes, id);
                    }
                }
            }
            added.forEach((name, id) -> {
                if (id >= pieces.size() || renamed.contains(id)) {
                    vocabulary.putControl(id, name);
                }
            });
            normalizer = new Normalizer(model.normalization(), userDefined);
            inside = spacesFirstOnly
                    ? new Normalizer(model.normalization().withoutDummyPrefix(), userDefined)
                    : normalizer;
            encoder = model.algorithm() == Algorithm.BPE
                    ? new BpeEncoder(pieces, text, userDefined)
                    : new UnigramEncoder(pieces, text);
        } catch (IOException e) {
            throw new ConfigException("cannot read " + file, e);
        } catch (IllegalArgumentException e) {
            throw new ConfigException("%s: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static byte[] read(Path file) throws IOException {
        long size = Files.size(file);
        if (size > MAX_FILE) {
            throw new IllegalArgumentException("%d bytes are too many for a SentencePiece model".formatted(size));
        }
        return Files.readAllBytes(file);
    }

    private static boolean isText(Piece piece) {
        return piece.type() == Type.NORMAL || piece.type() == Type.USER_DEFINED || piece.type() == Type.UNUSED;
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
        return encode(text, normalizer);
    }

    @Override
    public int[] encodeInside(String text) {
        return encode(text, inside);
    }

    private int[] encode(String text, Normalizer rules) {
        byte[] normalized = rules.normalize(text.getBytes(StandardCharsets.UTF_8));
        PieceIds.Collector collector = ids.newCollector(normalized);
        encoder.encode(normalized, collector);
        return collector.toArray();
    }

    @Override
    public Detokenizer newDetokenizer() {
        return vocabulary.newDetokenizer();
    }

    @Override
    public Detokenizer newDetokenizerInside() {
        return vocabulary.newDetokenizerInside();
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
    public byte[] firstBytes(int id) {
        return vocabulary.firstBytes(id);
    }

    @Override
    public int vocabulary() {
        return vocabulary.size();
    }

    /** There is no native memory to free. */
    @Override
    public void close() {}
}
