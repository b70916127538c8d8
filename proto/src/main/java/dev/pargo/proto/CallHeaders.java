package dev.pargo.proto;

import io.grpc.Metadata;

/** What a call to a stage says besides its messages. */
public final class CallHeaders {

    /** Names the user's request in the logs of all services. Up to 128 letters, digits and any of {@code . _ : -}. */
    public static final Metadata.Key<String> REQUEST_ID =
            Metadata.Key.of("x-request-id", Metadata.ASCII_STRING_MARSHALLER);

    private CallHeaders() {}
}
