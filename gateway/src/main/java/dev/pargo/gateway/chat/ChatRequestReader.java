package dev.pargo.gateway.chat;

import dev.pargo.gateway.error.GatewayException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/** Reads request bodies: strict about types, lenient about unknown fields, bounded in size. */
@Component
final class ChatRequestReader {

    /** What is expected, by the type that the reader was about to make. */
    private static final Map<Class<?>, String> NAMES = Map.of(
            String.class, "a string",
            Boolean.class, "true or false",
            Integer.class, "a whole number",
            Long.class, "a whole number",
            Double.class, "a number",
            ArrayList.class, "a list",
            ChatRequest.Part[].class, "a string or a list of parts",
            ChatRequest.ImageUrl.class, "an object with a url");

    private final JsonMapper json = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(
                    LogicalType.Textual,
                    config -> config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .build();

    /**
     * Reads one body to its end.
     *
     * @throws GatewayException INVALID_REQUEST
     */
    ChatRequest read(InputStream body) {
        try {
            ChatRequest request = json.readValue(body, ChatRequest.class);
            if (request == null) {
                throw GatewayException.invalid(null, "invalid_json", "The body must be one JSON object");
            }
            return request;
        } catch (StreamConstraintsException excess) {
            throw GatewayException.invalid(
                    null, "invalid_json", "The body is nested too deeply, or a number is too long");
        } catch (JacksonException wrong) {
            if (wrong.getCause() instanceof GatewayException refused) {
                throw refused;
            }
            throw explain(wrong);
        }
    }

    private static GatewayException explain(JacksonException wrong) {
        @Nullable String path = path(wrong.getPath());
        if (wrong instanceof MismatchedInputException mismatch) {
            String expected = NAMES.getOrDefault(mismatch.getTargetType(), "an object");
            return path == null
                    ? GatewayException.invalid(null, "invalid_json", "The body must be one JSON object")
                    : GatewayException.invalid(path, "invalid_type", "%s must be %s".formatted(path, expected));
        }
        if (wrong instanceof InputCoercionException) {
            return GatewayException.invalid(path, "invalid_type", "%s is out of range".formatted(path));
        }
        if (wrong instanceof UnexpectedEndOfInputException) {
            return GatewayException.invalid(null, "invalid_json", "The body ends in the middle of its JSON");
        }
        if (wrong instanceof StreamReadException) {
            TokenStreamLocation at = wrong.getLocation();
            return GatewayException.invalid(
                    null,
                    "invalid_json",
                    "The body is not valid JSON at line %d, column %d".formatted(at.getLineNr(), at.getColumnNr()));
        }
        return GatewayException.invalid(path, "invalid_value", "%s has a value that cannot be read".formatted(path));
    }

    private static @Nullable String path(List<JacksonException.Reference> references) {
        StringBuilder path = new StringBuilder();
        for (JacksonException.Reference reference : references) {
            if (reference.getPropertyName() == null) {
                path.append('[').append(reference.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(reference.getPropertyName());
            }
        }
        return path.isEmpty() ? null : path.toString();
    }
}
