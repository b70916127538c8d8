package dev.pargo.service.start;

/** A service cannot listen where it was told to. The message is one line for the operator. */
final class PortException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    PortException(String message) {
        super(message);
    }
}
