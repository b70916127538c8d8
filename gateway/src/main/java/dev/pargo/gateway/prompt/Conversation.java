package dev.pargo.gateway.prompt;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What has been said, in turns of question and answer; the last turn waits for its answer.
 *
 * @param system instructions that replace the template's own; null for those of the template
 * @param turns  at least one; every turn but the last has an answer
 */
public record Conversation(@Nullable String system, List<Turn> turns) {

    /**
     * One turn.
     *
     * @param images   images shown with the question
     * @param question what the user wrote; may be empty if there is an image
     * @param answer   what the model answered; null in the last turn
     */
    public record Turn(
            int images, String question, @Nullable String answer) {}

    public Conversation {
        turns = List.copyOf(turns);
    }
}
