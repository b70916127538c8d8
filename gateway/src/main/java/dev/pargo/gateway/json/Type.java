package dev.pargo.gateway.json;

import java.util.Map;

/**
 * What a field accepts. Immutable.
 *
 * @param <T> Java type of its values
 */
public interface Type<T> {

    /**
     * Reads the value that begins with the current token, which is not null, to its end.
     *
     * @throws dev.pargo.gateway.error.GatewayException INVALID_REQUEST, naming the field and what it must be
     */
    T read(JsonCursor json);

    /** What is accepted, in words, such as {@code a number between 0 and 2}. */
    String words();

    /** What is accepted, as JSON Schema. */
    Map<String, Object> schema();
}
