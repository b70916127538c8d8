package dev.pargo.gateway.error;

/** The kinds of errors a client can get, with their status and their {@code type} in OpenAI's error object. */
public enum Problem {
    INVALID_REQUEST(400, "invalid_request_error", Outcome.CLIENT_ERROR),
    UNAUTHORIZED(401, "invalid_request_error", Outcome.CLIENT_ERROR),
    FORBIDDEN(403, "invalid_request_error", Outcome.CLIENT_ERROR),
    NOT_FOUND(404, "invalid_request_error", Outcome.CLIENT_ERROR),
    METHOD_NOT_ALLOWED(405, "invalid_request_error", Outcome.CLIENT_ERROR),
    BODY_TIMEOUT(408, "invalid_request_error", Outcome.CLIENT_ERROR),
    TOO_LARGE(413, "invalid_request_error", Outcome.CLIENT_ERROR),
    UNSUPPORTED_MEDIA_TYPE(415, "invalid_request_error", Outcome.CLIENT_ERROR),
    BUSY(429, "rate_limit_error", Outcome.REFUSED),
    RATE_LIMIT(429, "rate_limit_error", Outcome.REFUSED),
    FAILED(500, "server_error", Outcome.FAILED),
    UNAVAILABLE(503, "service_unavailable_error", Outcome.REFUSED),
    DEADLINE(504, "timeout_error", Outcome.DEADLINE);

    private final int status;
    private final String type;
    private final Outcome outcome;

    Problem(int status, String type, Outcome outcome) {
        this.status = status;
        this.type = type;
        this.outcome = outcome;
    }

    /** HTTP status. */
    public int status() {
        return status;
    }

    /** Value of {@code error.type}. */
    public String type() {
        return type;
    }

    /** The outcome that a request with this error is counted as. */
    public Outcome outcome() {
        return outcome;
    }
}
