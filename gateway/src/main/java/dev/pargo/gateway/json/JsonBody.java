package dev.pargo.gateway.json;

import dev.pargo.gateway.error.GatewayException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.core.json.JsonFactory;

/** Reads a body that is one JSON object in UTF-8. Thread-safe. */
public final class JsonBody {

    private static final int MAX_NESTING = 100;
    private static final int MAX_TOKENS = 2_000_000;
    private static final int MAX_NAME = 1000;
    private static final int MAX_NUMBER = 1000;

    /** Names are not interned, because clients choose them. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_NESTING)
                    .maxTokenCount(MAX_TOKENS)
                    .maxNameLength(MAX_NAME)
                    .maxNumberLength(MAX_NUMBER)
                    // The body's own limit bounds its strings.
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
            .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
            .build();

    private JsonBody() {}

    /**
     * Reads one body to its end.
     *
     * @throws GatewayException INVALID_REQUEST, naming the field that is wrong
     */
    public static Values read(InputStream body, Fields fields) {
        // Strict: the decoder accepts neither overlong forms nor surrogates.
        try (Reader text = new InputStreamReader(body, StandardCharsets.UTF_8.newDecoder());
                JsonParser parser = JSON.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw malformed("The body must be one JSON object");
            }
            Values values = fields.read(new JsonCursor(parser));
            if (parser.nextToken() != null) {
                throw malformed("The body must be one JSON object");
            }
            return values;
        } catch (IOException unreadable) {
            throw unreadable(unreadable);
        } catch (JacksonIOException unreadable) {
            throw unreadable(unreadable.getCause());
        } catch (StreamConstraintsException excess) {
            throw malformed(
                    "The body is nested too deeply, has too many parts, or has a name or number that is too long");
        } catch (UnexpectedEndOfInputException end) {
            throw malformed("The body ends in the middle of its JSON");
        } catch (JacksonException wrong) {
            TokenStreamLocation at = wrong.getLocation();
            throw malformed(
                    "The body is not valid JSON at line %d, column %d".formatted(at.getLineNr(), at.getColumnNr()));
        }
    }

    private static GatewayException unreadable(Throwable failure) {
        return failure instanceof CharacterCodingException
                ? malformed("The body is not valid UTF-8")
                : GatewayException.failed("The request body could not be read", failure);
    }

    private static GatewayException malformed(String message) {
        return GatewayException.invalid(null, "invalid_json", message);
    }
}
