package dev.pargo.models.memory;

/** A network does not fit the memory. The message is one line for the operator: need, capacity, and what would fit. */
public final class MemoryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    MemoryException(String message) {
        super(message);
    }
}
