package dev.pargo.proto;

import io.grpc.Status;

/** Why a stage refused a request: the {@code reason} of its {@code google.rpc.ErrorInfo}. */
public enum ErrorReason {
    /** The bytes are no image, or a damaged one. */
    IMAGE_UNDECODABLE(Status.Code.INVALID_ARGUMENT),
    /** An image in a format that is not read. */
    IMAGE_UNSUPPORTED_FORMAT(Status.Code.INVALID_ARGUMENT),
    /** The image file has more bytes than allowed. */
    IMAGE_TOO_LARGE(Status.Code.INVALID_ARGUMENT),
    /** The image's width times height is more than allowed. */
    IMAGE_TOO_MANY_PIXELS(Status.Code.INVALID_ARGUMENT),
    /** A tensor's name, type, shape or number of bytes is not what the stage takes. */
    TENSOR_MISMATCH(Status.Code.INVALID_ARGUMENT),
    /** A tensor, or what the network makes of it, has values that are not finite numbers. */
    NOT_FINITE(Status.Code.INTERNAL),
    /** What arrived is not what was sent: its checksum differs. Sending it again may help. */
    CHECKSUM_MISMATCH(Status.Code.DATA_LOSS),
    /** Messages of a stream in an order that the contract does not allow. */
    MALFORMED_STREAM(Status.Code.INVALID_ARGUMENT),
    /** A field of the request is out of its range. */
    INVALID_FIELD(Status.Code.INVALID_ARGUMENT),
    /** Prompt and answer do not fit the model's context. */
    PROMPT_TOO_LONG(Status.Code.INVALID_ARGUMENT),
    /** A control token that the model's vocabulary does not have. */
    UNKNOWN_CONTROL_TOKEN(Status.Code.INVALID_ARGUMENT),
    /** The stage has taken in as many requests or bytes as it may; comes with a retry delay. */
    QUEUE_FULL(Status.Code.RESOURCE_EXHAUSTED),
    /** The stage is shutting down. */
    DRAINING(Status.Code.UNAVAILABLE),
    /** The device's executor has died; the stage needs a restart. */
    DEVICE_LOST(Status.Code.UNAVAILABLE),
    /** A fault of the stage; details are in its log. */
    INTERNAL(Status.Code.INTERNAL);

    private final Status.Code code;

    ErrorReason(Status.Code code) {
        this.code = code;
    }

    /** The gRPC status that carries this reason. */
    public Status.Code code() {
        return code;
    }
}
