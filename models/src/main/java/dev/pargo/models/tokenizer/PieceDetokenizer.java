package dev.pargo.models.tokenizer;

import java.util.List;

/** Reads pieces: bytes are joined to characters, and the first piece loses the dummy prefix. */
final class PieceDetokenizer implements Detokenizer {

    private static final char SPACE_SYMBOL = '\u2581';

    /** What SentencePiece writes for its unknown token. */
    private static final String UNKNOWN_SURFACE = " \u2047 ";

    private final List<Piece> pieces;
    private final Utf8Assembler characters = new Utf8Assembler();
    private boolean atStart;

    /** @param dummyPrefix whether encoding puts a space before the text */
    PieceDetokenizer(List<Piece> pieces, boolean dummyPrefix) {
        this.pieces = pieces;
        this.atStart = dummyPrefix;
    }

    @Override
    public String append(int id) {
        // A model may have more outputs than its tokenizer has pieces; those have no text.
        if (id < 0 || id >= pieces.size()) {
            return "";
        }
        Piece piece = pieces.get(id);
        if (piece.type() == Piece.Type.CONTROL) {
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

    private static String surface(String piece, boolean first) {
        String text = piece.replace(SPACE_SYMBOL, ' ');
        return first && text.startsWith(" ") ? text.substring(1) : text;
    }

    @Override
    public String finish() {
        return characters.finish();
    }
}
