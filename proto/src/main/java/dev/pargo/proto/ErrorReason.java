package dev.pargo.proto;

import io.grpc.Status;

/** Why a stage refused a request: the {@code reason} of its {@code google.rpc.ErrorInfo}. */
public enum ErrorReason {
    /** The bytes are not an image, or the image is damaged. */
    IMAGE_UNDECODABLE(Status.Code.INVALID_ARGUMENT),
    /** The image's format is not supported. */
    IMAGE_UNSUPPORTED_FORMAT(Status.Code.INVALID_ARGUMENT),
    /** The image file has more bytes than allowed. */
    IMAGE_TOO_LARGE(Status.Code.INVALID_ARGUMENT),
    /** The image's width times height is more than allowed. */
    IMAGE_TOO_MANY_PIXELS(Status.Code.INVALID_ARGUMENT),
    /** The stage does not accept the tensor's name, type, shape or number of bytes. */
    TENSOR_MISMATCH(Status.Code.INVALID_ARGUMENT),
    /** A tensor, or the network's output for it, has infinite or NaN values. */
    NOT_FINITE(Status.Code.INTERNAL),
    /** A message was damaged in transit: its checksum differs. A retry may succeed. */
    CHECKSUM_MISMATCH(Status.Code.DATA_LOSS),
    /** The messages of a stream are in an order that the contract does not allow. */
    MALFORMED_STREAM(Status.Code.INVALID_ARGUMENT),
    /** A field of the request is out of its range. */
    INVALID_FIELD(Status.Code.INVALID_ARGUMENT),
    /** The stage has no model of this name or version. */
    UNKNOWN_MODEL(Status.Code.NOT_FOUND),
    /** Prompt and answer together are longer than the model's context. */
    PROMPT_TOO_LONG(Status.Code.INVALID_ARGUMENT),
    /** A control token is not in the model's vocabulary. */
    UNKNOWN_CONTROL_TOKEN(Status.Code.INVALID_ARGUMENT),
    /** The stage has reached its limit of requests or bytes. The error has a retry delay. */
    QUEUE_FULL(Status.Code.RESOURCE_EXHAUSTED),
    /** The stage is shutting down. */
    DRAINING(Status.Code.UNAVAILABLE),
    /** The device's executor has died; the stage needs a restart. */
    DEVICE_LOST(Status.Code.UNAVAILABLE),
    /** The server that runs the stage's network does not answer. */
    NETWORK_LOST(Status.Code.UNAVAILABLE),
    /** The stage failed; details are in its log. */
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
