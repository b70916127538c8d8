package dev.pargo.evaluation.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** An error that an endpoint returned, with the endpoint's message. */
public final class ChatException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final @Nullable Duration retryAfter;

    ChatException(int status, String message, @Nullable Duration retryAfter) {
        super(message);
        this.status = status;
        this.retryAfter = retryAfter;
    }

    /** The HTTP status; 200 if a stream that had begun ended with an error. */
    public int status() {
        return status;
    }

    /** When to retry, as the endpoint says; null if it does not say. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    /** Whether the endpoint was overloaded or unavailable, so that the same request may succeed later. */
    public boolean isTemporary() {
        return status == 429 || status == 503;
    }
}
