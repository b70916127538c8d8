package dev.pargo.stage.call;

import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.service.failure.FailureLine;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.grpc.server.exception.GrpcExceptionHandler;

/**
 * Turns failures into errors that a client may see. Refusals are sent unchanged. Anything else is a failure of the
 * stage: it is logged in one line (its stack trace at level debug), and the client gets a general message.
 */
public final class Faults implements GrpcExceptionHandler {

    private static final Logger log = LoggerFactory.getLogger(Faults.class);

    /** Returns the exception to end a call with. */
    public static StatusRuntimeException toStatus(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof StatusRuntimeException refusal) {
            if (refusal.getStatus().getCode() == Status.Code.INTERNAL) {
                log.error("A request failed: {}", refusal.getStatus().getDescription());
            }
            return refusal;
        }
        log.error("A request failed: {}", FailureLine.of(cause));
        log.debug("Where it failed", cause);
        return new StageError(ErrorReason.INTERNAL, "The stage could not answer because of an internal error.")
                .toException();
    }

    @Override
    public StatusException handleException(Throwable failure) {
        StatusRuntimeException status = toStatus(failure);
        return status.getStatus().asException(status.getTrailers());
    }
}
