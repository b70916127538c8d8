package dev.pargo.models.torch;

/** A network cannot run where or as it was told to. The message is for the operator. */
public final class PlacementException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public PlacementException(String message) {
        super(message);
    }
}
