package dev.pargo.models.chat;

import java.util.List;

/** How a model was trained to read conversations. Implementations are thread-safe. */
public sealed interface PromptFormat permits TemplateFormat, TurnFormat {

    /**
     * Writes a conversation into a prompt, up to where the answer begins. Pictures stand where they stand in their message, unless
     * the format has one place for them.
     *
     * @throws ConversationException if the format has no place for something in it
     */
    List<PromptPiece> write(Conversation conversation);

    /** Control token that closes an answer; empty if there is none. */
    String endToken();

    /** Whether the format has a place for tools. */
    boolean knowsTools();

    /** Where the format comes from, for people. */
    String origin();
}
