package dev.pargo.stage.device;

/** A network gives no finite numbers for an ordinary input. The message is one line for the operator. */
final class BrokenNetworkException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    BrokenNetworkException() {
        super(
                "the network gives NaN or infinite values for an ordinary input: its weights are damaged, or the precision"
                        + " is too narrow for them");
    }
}
