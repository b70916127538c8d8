package dev.pargo.evaluation.input;

/** The user's input cannot be used. The message tells the user what is wrong and what is expected. */
public final class InputException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public InputException(String message) {
        super(message);
    }
}
