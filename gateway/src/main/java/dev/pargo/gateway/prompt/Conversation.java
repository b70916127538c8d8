package dev.pargo.gateway.prompt;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A conversation in turns of question and answer. The model writes the last answer, or continues it if it has begun.
 *
 * @param system instructions that replace the template's own; null for those of the template
 * @param turns  at least one; every turn except the last has a complete answer
 */
public record Conversation(@Nullable String system, List<Turn> turns) {

    /**
     * One turn.
     *
     * @param images   images shown with the question
     * @param question what the user wrote; may be empty if there is an image
     * @param answer   what the model answered; in the last turn the beginning of the answer, or null if there is none
     */
    public record Turn(
            int images, String question, @Nullable String answer) {}

    public Conversation {
        turns = List.copyOf(turns);
    }

    /** Bytes of all texts in UTF-8. */
    public long textBytes() {
        long bytes = system == null ? 0 : utf8Bytes(system);
        for (Turn turn : turns) {
            bytes += utf8Bytes(turn.question()) + (turn.answer() == null ? 0 : utf8Bytes(turn.answer()));
        }
        return bytes;
    }

    /** Bytes of a text in UTF-8. Its surrogates must be paired. */
    public static int utf8Bytes(String text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            bytes += unit < 0x80 ? 1 : unit < 0x800 || Character.isSurrogate(unit) ? 2 : 3;
        }
        return bytes;
    }
}
