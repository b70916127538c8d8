package dev.pargo.models.chat;

import java.util.List;

/** How a model was trained to read conversations. Implementations are thread-safe. */
public sealed interface PromptFormat permits TemplateFormat, TurnFormat {

    /**
     * Writes a conversation as a prompt, up to the beginning of the answer. Pictures keep their place in the message,
     * unless the format has a fixed place for them.
     *
     * @throws ConversationException if the format has no place for a part of the conversation
     */
    List<PromptPiece> write(Conversation conversation);

    /** Control token that closes an answer; empty if there is none. */
    String endToken();

    /** Whether the format has a place for tools. */
    boolean knowsTools();

    /** Where the format comes from, in words for people. */
    String origin();
}
