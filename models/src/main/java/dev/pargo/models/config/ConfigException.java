package dev.pargo.models.config;

/**
 * Thrown if the description of a model cannot be used. The message is one line for the operator that names the file and
 * the field.
 */
public final class ConfigException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ConfigException(String message) {
        super(message);
    }

    public ConfigException(String message, Throwable cause) {
        super(message, cause);
    }
}
