package dev.pargo.proto;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An error as stages send it: a gRPC status with {@code google.rpc.ErrorInfo} and, if a retry may succeed, {@code
 * google.rpc.RetryInfo}.
 *
 * @param reason     what went wrong, for programs
 * @param message    what went wrong, a sentence for the user that names the field and the limit
 * @param retryAfter when to try again; null if a retry would fail too, or if the time is not known
 */
public record StageError(ErrorReason reason, String message, java.time.@Nullable Duration retryAfter) {

    private static final String DOMAIN = "pargo.dev";

    public StageError(ErrorReason reason, String message) {
        this(reason, message, null);
    }

    /** A new exception with this error in its trailers. */
    public StatusRuntimeException toException() {
        Status.Builder status =
                Status.newBuilder().setCode(reason.code().value()).setMessage(message);
        status.addDetails(Any.pack(ErrorInfo.newBuilder()
                .setReason(reason.name())
                .setDomain(DOMAIN)
                .build()));
        if (retryAfter != null) {
            status.addDetails(Any.pack(RetryInfo.newBuilder()
                    .setRetryDelay(Duration.newBuilder()
                            .setSeconds(retryAfter.getSeconds())
                            .setNanos(retryAfter.getNano()))
                    .build()));
        }
        return StatusProto.toStatusRuntimeException(status.build());
    }

    /**
     * Reads the error that a stage sent.
     *
     * @return empty if the failure does not come from a stage, or its reason is unknown to this version; then only the
     *     gRPC code tells what happened
     */
    public static Optional<StageError> of(Throwable failure) {
        Status status = StatusProto.fromThrowable(failure);
        if (status == null) {
            return Optional.empty();
        }
        ErrorInfo info = detail(status, ErrorInfo.class);
        if (info == null || !info.getDomain().equals(DOMAIN)) {
            return Optional.empty();
        }
        RetryInfo retry = detail(status, RetryInfo.class);
        return reason(info.getReason())
                .map(reason -> new StageError(reason, status.getMessage(), retry == null ? null : delay(retry)));
    }

    private static Optional<ErrorReason> reason(String name) {
        try {
            return Optional.of(ErrorReason.valueOf(name));
        } catch (IllegalArgumentException unknown) {
            return Optional.empty();
        }
    }

    private static java.time.Duration delay(RetryInfo retry) {
        return java.time.Duration.ofSeconds(
                retry.getRetryDelay().getSeconds(), retry.getRetryDelay().getNanos());
    }

    private static <T extends Message> @Nullable T detail(Status status, Class<T> type) {
        for (Any detail : status.getDetailsList()) {
            if (detail.is(type)) {
                try {
                    return detail.unpack(type);
                } catch (InvalidProtocolBufferException damaged) {
                    return null;
                }
            }
        }
        return null;
    }
}
