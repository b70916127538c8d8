package dev.pargo.gateway.error;

/** The client has closed its connection, so its request is cancelled. */
public final class ClientGoneException extends RuntimeException {

    public ClientGoneException() {
        super("the client closed the connection", null, false, false);
    }
}
