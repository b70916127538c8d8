package dev.pargo.gateway.json;

import java.util.Map;

/**
 * The type of a field's value. Immutable.
 *
 * @param <T> Java type of its values
 */
public interface Type<T> {

    /**
     * Reads the value that begins with the current token, to its end. The token is not null.
     *
     * @throws dev.pargo.gateway.error.GatewayException INVALID_REQUEST, naming the field and what it must be
     */
    T read(JsonCursor json);

    /** The accepted values in words, such as {@code a number between 0 and 2}. */
    String words();

    /** The accepted values as JSON Schema. */
    Map<String, Object> schema();
}
