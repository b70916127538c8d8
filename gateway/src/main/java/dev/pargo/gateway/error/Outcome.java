package dev.pargo.gateway.error;

import java.util.Locale;

/** The one terminal state of a request. */
public enum Outcome {
    /** Answered completely. */
    OK,
    /** The request was invalid. */
    CLIENT_ERROR,
    /** Refused: the gateway is full, or a stage is unavailable. */
    REFUSED,
    /** The client left before the answer was complete. */
    CANCELLED,
    /** The time for the request ran out. */
    DEADLINE,
    /** An internal error. */
    FAILED;

    /** The value of the metrics' tag {@code outcome}. */
    public String tag() {
        return name().toLowerCase(Locale.ROOT);
    }
}
