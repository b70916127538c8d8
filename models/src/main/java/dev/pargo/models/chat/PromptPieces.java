package dev.pargo.models.chat;

import java.util.ArrayList;
import java.util.List;

/** Collects the pieces of a prompt. Texts that follow each other are joined. Not thread-safe. */
final class PromptPieces {

    private final List<PromptPiece> pieces = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();

    /** Adds a control token that the tokenizer puts before every text; adds nothing if its name is empty. */
    PromptPieces opening(String token) {
        return token.isEmpty() ? this : add(new PromptPiece.Opening(token));
    }

    PromptPieces control(String token) {
        return add(new PromptPiece.Control(token));
    }

    PromptPieces picture(int index) {
        return add(new PromptPiece.Picture(index));
    }

    PromptPieces text(String next) {
        text.append(next);
        return this;
    }

    PromptPieces text(char next) {
        text.append(next);
        return this;
    }

    List<PromptPiece> toList() {
        endText();
        return List.copyOf(pieces);
    }

    private PromptPieces add(PromptPiece piece) {
        endText();
        pieces.add(piece);
        return this;
    }

    private void endText() {
        if (!text.isEmpty()) {
            pieces.add(new PromptPiece.Text(text.toString()));
            text.setLength(0);
        }
    }
}
