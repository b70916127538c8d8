package dev.pargo.gateway.inference;

import dev.pargo.proto.StageError;
import io.grpc.Status;
import java.util.Locale;

/** Why a call to a stage failed, as far as it decides what to do next. */
enum Fault {
    /** The connection broke, or there is none. */
    LOST(true),
    /** The replica has sent nothing for so long that the call was given up. */
    SILENT(true),
    /** The replica shuts down, or its device has failed. */
    DRAINING(true),
    /** The replica serves other weights than it has described. */
    REPLACED(true),
    /** What arrived is not what was sent. */
    DAMAGED(true),
    /** The replica has taken in as much as it may. */
    FULL(true),
    /** No replica is there. */
    ABSENT(false),
    /** The request's own time ran out. */
    DEADLINE(false),
    /** The stage has looked at the request and cannot answer it; another replica could not either. */
    REFUSED(false);

    private final boolean retryable;

    Fault(boolean retryable) {
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
     * What a call's end means. Whatever a stage has not written itself is the transport's: a connection that dies in the
     * middle of a write is UNKNOWN to grpc-java, a broken frame INTERNAL.
     */
    static Fault of(Throwable failure) {
        return StageError.of(failure)
                .map(Fault::of)
                .orElseGet(() -> of(Status.fromThrowable(failure).getCode()));
    }

    private static Fault of(StageError error) {
        return switch (error.reason()) {
            case QUEUE_FULL -> FULL;
            case DRAINING, DEVICE_LOST -> DRAINING;
            case CHECKSUM_MISMATCH -> DAMAGED;
            default -> REFUSED;
        };
    }

    private static Fault of(Status.Code code) {
        return switch (code) {
            case UNAVAILABLE, UNKNOWN, INTERNAL -> LOST;
            case DEADLINE_EXCEEDED -> DEADLINE;
            default -> DAMAGED;
        };
    }
}
