package dev.pargo.models.chat;

/** Thrown if a chat template refuses a conversation or cannot be executed. The message is meant for people. */
final class TemplateException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    TemplateException(String message, Throwable cause) {
        super(message, cause);
    }
}
