package dev.pargo.evaluation.client;

/** An endpoint's refusal, in its own words. */
public final class ChatException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;

    ChatException(int status, String message) {
        super(message);
        this.status = status;
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }
}
