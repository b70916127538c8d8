package dev.pargo.models.bundle;

/** A model bundle cannot be read. The message is one line for the operator and names the file. */
public final class BundleException extends RuntimeException {

    public BundleException(String message) {
        super(message);
    }

    public BundleException(String message, Throwable cause) {
        super(message, cause);
    }
}
