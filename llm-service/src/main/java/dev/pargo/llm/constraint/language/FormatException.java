package dev.pargo.llm.constraint.language;

/** A format that cannot be honoured. The message is one sentence for the client, which says what and why. */
public final class FormatException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public FormatException(String message) {
        super(message);
    }
}
