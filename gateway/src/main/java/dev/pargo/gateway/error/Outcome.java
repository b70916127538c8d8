package dev.pargo.gateway.error;

import java.util.Locale;

/** The one terminal state of a request. */
public enum Outcome {
    /** Answered completely. */
    OK,
    /** The client asked for something that cannot be done. */
    CLIENT_ERROR,
    /** Not taken on: no room, or a stage is away. */
    REFUSED,
    /** The client left before the answer was complete. */
    CANCELLED,
    /** The time for the request ran out. */
    DEADLINE,
    /** Our fault. */
    FAILED;

    /** The value of the metrics' tag {@code outcome}. */
    public String tag() {
        return name().toLowerCase(Locale.ROOT);
    }
}
