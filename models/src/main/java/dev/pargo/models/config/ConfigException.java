package dev.pargo.models.config;

/** What describes a model cannot be used. The message is one line for the operator: it names the file and the field. */
public final class ConfigException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ConfigException(String message) {
        super(message);
    }

    public ConfigException(String message, Throwable cause) {
        super(message, cause);
    }
}
