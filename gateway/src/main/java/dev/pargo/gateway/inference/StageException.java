package dev.pargo.gateway.inference;

import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.pipeline.StageKind;
import dev.pargo.gateway.replica.Replica;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import io.grpc.Status;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Thrown if a call to a stage failed. */
final class StageException extends Exception {

    private static final Duration RETRY = Duration.ofSeconds(1);

    private final StageKind stage;
    private final @Nullable Replica<?> replica;
    private final CallFault fault;

    private StageException(
            StageKind stage, @Nullable Replica<?> replica, CallFault fault, String message, @Nullable Throwable cause) {
        super(message, cause, false, false);
        this.stage = stage;
        this.replica = replica;
        this.fault = fault;
    }

    /** A call that gRPC or the stage has ended with an error. */
    static StageException of(StageKind stage, Replica<?> replica, Throwable failure) {
        CallFault fault = CallFault.of(failure);
        return new StageException(
                stage,
                replica,
                fault,
                "the %s %s failed: %s".formatted(stage.title(), replica, Status.fromThrowable(failure)),
                failure);
    }

    /** A call that the gateway gives up. */
    static StageException of(StageKind stage, Replica<?> replica, CallFault fault, String what) {
        return new StageException(stage, replica, fault, "the %s %s %s".formatted(stage.title(), replica, what), null);
    }

    /** A stage that does not keep to the contract. */
    static StageException broken(StageKind stage, Replica<?> replica, String what) {
        return of(stage, replica, new StageError(ErrorReason.INTERNAL, what).toException());
    }

    /** A stage has no replica. */
    static StageException absent(StageKind stage) {
        return new StageException(
                stage, null, CallFault.ABSENT, "the %s has no replica that takes calls".formatted(stage.title()), null);
    }

    StageKind stage() {
        return stage;
    }

    /** The replica of the failed call; null if there was no replica. */
    @Nullable
    Replica<?> replica() {
        return replica;
    }

    CallFault fault() {
        return fault;
    }

    /** The failure, for the log. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }

    /**
     * The error for the client. Only messages that a stage has written for users are passed on.
     *
     * @param param path of the field that the stage worked on; null for none
     */
    GatewayException toClient(@Nullable String param) {
        @Nullable
        StageError error = getCause() == null ? null : StageError.of(getCause()).orElse(null);
        return switch (fault) {
            case FULL ->
                GatewayException.busy("The queue of the %s is full".formatted(stage.title()), retryAfter(error));
            case LOST, SILENT, DRAINING, DAMAGED, ABSENT ->
                GatewayException.unavailable(
                        "The %s service is unavailable".formatted(stage.title()), retryAfter(error));
            case REPLACED ->
                GatewayException.unavailable(
                        "The %s service is being replaced".formatted(stage.title()), retryAfter(error));
            case DEADLINE ->
                GatewayException.deadline(
                        "The request's time ran out while it waited for the %s".formatted(stage.title()));
            case REFUSED -> error == null ? failed() : refused(error, param);
        };
    }

    private GatewayException refused(StageError error, @Nullable String param) {
        return switch (error.reason()) {
            case IMAGE_UNDECODABLE, IMAGE_UNSUPPORTED_FORMAT ->
                GatewayException.invalid(param, "invalid_image", error.message());
            case IMAGE_TOO_MANY_PIXELS -> GatewayException.invalid(param, "image_too_large", error.message());
            case IMAGE_TOO_LARGE -> GatewayException.tooLarge(param, "image_too_large", error.message());
            case PROMPT_TOO_LONG -> GatewayException.invalid(param, "context_length_exceeded", error.message());
            case INVALID_FIELD -> GatewayException.invalid(null, "invalid_value", error.message());
            case NOT_FINITE ->
                GatewayException.failed(
                        "The %s computed NaN or infinite values for this request".formatted(stage.title()), this);
            default -> failed();
        };
    }

    private GatewayException failed() {
        return GatewayException.failed("The %s failed".formatted(stage.title()), this);
    }

    private static Duration retryAfter(@Nullable StageError error) {
        return error == null || error.retryAfter() == null ? RETRY : error.retryAfter();
    }
}
