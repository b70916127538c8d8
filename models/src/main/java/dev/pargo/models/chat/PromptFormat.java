package dev.pargo.models.chat;

import java.util.List;
import java.util.Optional;

/** How a model was trained to read conversations. Implementations are thread-safe. */
public sealed interface PromptFormat permits TemplateFormat, TurnFormat {

    /**
     * Writes a conversation as a prompt, up to the beginning of the answer. Pictures keep their place in the message,
     * unless the format has a fixed place for them.
     *
     * @throws ConversationException if the format has no place for a part of the conversation
     */
    List<PromptPiece> write(Dialogue conversation);

    /** Control token that closes an answer; empty if there is none. */
    String endToken();

    /** Whether the format has a place for tools. */
    boolean knowsTools();

    /** How the model writes calls of tools; empty if that is not known, so that calls in an answer stay text. */
    default Optional<ToolCallSyntax> toolCallSyntax() {
        return Optional.empty();
    }

    /** Where the format comes from, in words for people. */
    String origin();
}
