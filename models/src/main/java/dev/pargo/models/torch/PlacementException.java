package dev.pargo.models.torch;

/**
 * Thrown if a network cannot run on the requested device or in the requested precision. The message is for the
 * operator.
 */
public final class PlacementException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public PlacementException(String message) {
        super(message);
    }
}
