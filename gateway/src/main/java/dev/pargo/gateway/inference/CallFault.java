package dev.pargo.gateway.inference;

import dev.pargo.proto.StageError;
import io.grpc.Status;
import java.util.Locale;

/** The reason why a call to a stage failed. It determines the next action. */
enum CallFault {
    /** The connection broke or could not be opened. */
    LOST(true),
    /** The replica has been silent for too long, so the call was given up. */
    SILENT(true),
    /** The replica is shutting down, or its device or its network has failed. */
    DRAINING(true),
    /** The replica serves other weights than it has described. */
    REPLACED(true),
    /** A message was damaged in transit. */
    DAMAGED(true),
    /** The replica's queue is full. */
    FULL(true),
    /** There is no replica. */
    ABSENT(false),
    /** The request's time ran out. */
    DEADLINE(false),
    /** The stage cannot answer the request; another replica could not either. */
    REFUSED(false);

    private final boolean retryable;

    CallFault(boolean retryable) {
        this.retryable = retryable;
    }

    /** Whether another try may succeed. */
    boolean isRetryable() {
        return retryable;
    }

    /** The value of the metrics' tag {@code reason}. */
    String tag() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The fault for the end of a call. Errors without a stage's own details come from the transport: in grpc-java a
     * connection that breaks in the middle of a write is UNKNOWN, a broken frame INTERNAL.
     */
    static CallFault of(Throwable failure) {
        return StageError.of(failure)
                .map(CallFault::of)
                .orElseGet(() -> of(Status.fromThrowable(failure).getCode()));
    }

    private static CallFault of(StageError error) {
        return switch (error.reason()) {
            case QUEUE_FULL -> FULL;
            case DRAINING, DEVICE_LOST, NETWORK_LOST -> DRAINING;
            case CHECKSUM_MISMATCH -> DAMAGED;
            default -> REFUSED;
        };
    }

    private static CallFault of(Status.Code code) {
        return switch (code) {
            case UNAVAILABLE, UNKNOWN, INTERNAL -> LOST;
            case DEADLINE_EXCEEDED -> DEADLINE;
            default -> DAMAGED;
        };
    }
}
