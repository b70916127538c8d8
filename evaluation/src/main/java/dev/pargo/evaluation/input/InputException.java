package dev.pargo.evaluation.input;

/** What the user gave cannot be used; the message says what is wrong and what is expected, in words for the user. */
public final class InputException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public InputException(String message) {
        super(message);
    }
}
