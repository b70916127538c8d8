package dev.pargo.gateway.error;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Ends a request with an error. The client reads its message, so it is never the text of a library. */
public final class GatewayException extends RuntimeException {

    private final Problem problem;
    private final @Nullable String param;
    private final @Nullable String code;
    private final @Nullable Duration retryAfter;

    private GatewayException(
            Problem problem,
            String message,
            @Nullable String param,
            @Nullable String code,
            @Nullable Duration retryAfter,
            @Nullable Throwable cause) {
        // Only an internal error needs a stack trace.
        super(message, cause, false, problem == Problem.FAILED);
        this.problem = problem;
        this.param = param;
        this.code = code;
        this.retryAfter = retryAfter;
    }

    /** The client's request is wrong in {@code param}, a path such as {@code messages[0].content}. */
    public static GatewayException invalid(@Nullable String param, String code, String message) {
        return new GatewayException(Problem.INVALID_REQUEST, message, param, code, null, null);
    }

    /** A part of the request is larger than a limit. */
    public static GatewayException tooLarge(@Nullable String param, String code, String message) {
        return new GatewayException(Problem.TOO_LARGE, message, param, code, null, null);
    }

    /** The route does not support this method. */
    public static GatewayException methodNotAllowed(String message) {
        return new GatewayException(Problem.METHOD_NOT_ALLOWED, message, null, "method_not_allowed", null, null);
    }

    /** The body's media type is not supported. */
    public static GatewayException unsupportedMediaType(String message) {
        return new GatewayException(
                Problem.UNSUPPORTED_MEDIA_TYPE, message, null, "unsupported_media_type", null, null);
    }

    /** The client took too long to send its request. */
    public static GatewayException timeout(String message) {
        return new GatewayException(Problem.BODY_TIMEOUT, message, null, "request_timeout", null, null);
    }

    /** What the request names does not exist. */
    public static GatewayException notFound(@Nullable String param, String code, String message) {
        return new GatewayException(Problem.NOT_FOUND, message, param, code, null, null);
    }

    /** The request carries no valid API key. */
    public static GatewayException unauthorized(String message) {
        return new GatewayException(Problem.UNAUTHORIZED, message, null, "invalid_api_key", null, null);
    }

    /** The request is refused for every client. */
    public static GatewayException forbidden(String code, String message) {
        return new GatewayException(Problem.FORBIDDEN, message, null, code, null, null);
    }

    /** The client has reached a rate limit of its API key. */
    public static GatewayException rateLimited(String message, Duration retryAfter) {
        return new GatewayException(Problem.RATE_LIMIT, message, null, "rate_limit_exceeded", retryAfter, null);
    }

    /** A bounded queue is full. */
    public static GatewayException busy(String message, Duration retryAfter) {
        return new GatewayException(Problem.BUSY, message, null, "queue_full", retryAfter, null);
    }

    /** A stage is unavailable, or does not fit the others. */
    public static GatewayException unavailable(String message, Duration retryAfter) {
        return new GatewayException(Problem.UNAVAILABLE, message, null, "stage_unavailable", retryAfter, null);
    }

    /** The request's time ran out. */
    public static GatewayException deadline(String message) {
        return new GatewayException(Problem.DEADLINE, message, null, "deadline_exceeded", null, null);
    }

    /** An internal error. The cause is only logged. */
    public static GatewayException failed(String message, @Nullable Throwable cause) {
        return new GatewayException(Problem.FAILED, message, null, "internal_error", null, cause);
    }

    /** Logs an internal error in one line, and its stack trace at DEBUG. Other errors are the client's to know. */
    public void logTo(Logger log) {
        if (problem == Problem.FAILED) {
            log.error("Request failed: {}{}", getMessage(), getCause() == null ? "" : ": " + getCause());
            log.debug("Where it failed", this);
        }
    }

    public Problem problem() {
        return problem;
    }

    /** Path of the wrong field; null if the error is not about a field. */
    public @Nullable String param() {
        return param;
    }

    /** The reason, as a code for programs. */
    public @Nullable String code() {
        return code;
    }

    /** When to try again; null if a retry would not help. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
