package dev.pargo.llm.constraint.language;

/**
 * Thrown if a format is not supported. The message is one sentence for the client that names the part and the reason.
 */
public final class FormatException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public FormatException(String message) {
        super(message);
    }
}
