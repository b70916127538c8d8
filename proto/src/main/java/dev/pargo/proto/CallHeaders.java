package dev.pargo.proto;

import io.grpc.Metadata;

/** The metadata of a call to a stage. */
public final class CallHeaders {

    /**
     * Identifies the user's request in the logs of all services. Up to 128 letters, digits and any of {@code . _ : -}.
     */
    public static final Metadata.Key<String> REQUEST_ID =
            Metadata.Key.of("x-request-id", Metadata.ASCII_STRING_MARSHALLER);

    /**
     * An opaque name of the client that the call is made for: stages share themselves fairly between clients. Up to 128
     * letters, digits and any of {@code . _ : -}. Without it the peer is the client.
     */
    public static final Metadata.Key<String> CLIENT = Metadata.Key.of("x-client", Metadata.ASCII_STRING_MARSHALLER);

    private CallHeaders() {}
}
