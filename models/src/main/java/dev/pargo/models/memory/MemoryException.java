package dev.pargo.models.memory;

/**
 * Thrown if a network does not fit in memory. The message is one line for the operator: the need, the capacity, and
 * what would fit.
 */
public final class MemoryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    MemoryException(String message) {
        super(message);
    }
}
