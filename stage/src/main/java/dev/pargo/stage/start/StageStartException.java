package dev.pargo.stage.start;

/** A stage cannot come up for a reason that its operator can mend. The message is one line and says what to mend. */
public final class StageStartException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public StageStartException(String message, Throwable cause) {
        super(message, cause);
    }
}
