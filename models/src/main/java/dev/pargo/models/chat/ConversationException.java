package dev.pargo.models.chat;

/** Thrown if a model's prompt format cannot write a conversation. The message is meant for the client. */
public final class ConversationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ConversationException(String message) {
        super(message);
    }
}
