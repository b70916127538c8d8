package dev.pargo.gateway.inference;

import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.pipeline.StageKind;
import dev.pargo.proto.StageError;
import io.grpc.Status;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A call to a stage failed. */
final class StageException extends Exception {

    private static final Duration RETRY = Duration.ofSeconds(1);

    private final StageKind stage;
    private final Status.Code code;

    StageException(StageKind stage, Throwable failure) {
        super(stage.title() + " failed", failure, false, false);
        this.stage = stage;
        this.code = Status.fromThrowable(failure).getCode();
    }

    StageException(StageKind stage, String message) {
        this(stage, Status.INTERNAL.withDescription(message).asException());
    }

    StageKind stage() {
        return stage;
    }

    /** Whether another try may succeed: the stage is away, or what was sent was damaged on its way. */
    boolean isUnavailable() {
        return code == Status.Code.UNAVAILABLE || code == Status.Code.DATA_LOSS;
    }

    /** Whether the request's own time ran out. */
    boolean isDeadline() {
        return code == Status.Code.DEADLINE_EXCEEDED;
    }

    /**
     * The error for the client. Only messages that a stage has written for users are passed on.
     *
     * @param param path of the field that the stage worked on; null for none
     */
    GatewayException toClient(@Nullable String param) {
        Optional<StageError> error = StageError.of(getCause());
        return error.map(known -> known(known, param)).orElseGet(this::unknown);
    }

    private GatewayException known(StageError error, @Nullable String param) {
        return switch (error.reason()) {
            case IMAGE_UNDECODABLE, IMAGE_UNSUPPORTED_FORMAT ->
                GatewayException.invalid(param, "invalid_image", error.message());
            case IMAGE_TOO_MANY_PIXELS -> GatewayException.invalid(param, "image_too_large", error.message());
            case IMAGE_TOO_LARGE -> GatewayException.tooLarge(param, "image_too_large", error.message());
            case PROMPT_TOO_LONG -> GatewayException.invalid(param, "context_length_exceeded", error.message());
            case INVALID_FIELD -> GatewayException.invalid(null, "invalid_value", error.message());
            case QUEUE_FULL ->
                GatewayException.busy("The queue of the %s is full".formatted(stage.title()), retryAfter(error));
            case DRAINING, DEVICE_LOST, CHECKSUM_MISMATCH -> away(retryAfter(error));
            case NOT_FINITE, TENSOR_MISMATCH, MALFORMED_STREAM, UNKNOWN_CONTROL_TOKEN, INTERNAL -> failed();
        };
    }

    private GatewayException unknown() {
        return switch (code) {
            case UNAVAILABLE, CANCELLED -> away(RETRY);
            case RESOURCE_EXHAUSTED ->
                GatewayException.busy("The %s takes no more requests".formatted(stage.title()), RETRY);
            case DEADLINE_EXCEEDED ->
                GatewayException.deadline(
                        "The request's time ran out while it waited for the %s".formatted(stage.title()));
            default -> failed();
        };
    }

    private GatewayException away(Duration retryAfter) {
        return GatewayException.unavailable("The %s is away".formatted(stage.title()), retryAfter);
    }

    private GatewayException failed() {
        return GatewayException.failed("The %s failed".formatted(stage.title()), getCause());
    }

    private static Duration retryAfter(StageError error) {
        @Nullable Duration delay = error.retryAfter();
        return delay == null ? RETRY : delay;
    }
}
