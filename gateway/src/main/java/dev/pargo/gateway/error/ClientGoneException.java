package dev.pargo.gateway.error;

/** The client has closed its connection: nobody reads the answer any more. */
public final class ClientGoneException extends RuntimeException {

    public ClientGoneException() {
        super("the client closed the connection", null, false, false);
    }
}
