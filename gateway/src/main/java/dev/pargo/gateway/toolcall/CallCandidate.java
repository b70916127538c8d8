package dev.pargo.gateway.toolcall;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.async.ByteArrayFeeder;
import tools.jackson.core.json.JsonFactory;

/**
 * Text after the opening of a call, as long as it may become one. Each piece is parsed once, so that what cannot become a call
 * any more is noticed at its first wrong character.
 */
final class CallCandidate {

    static final String NAME = "name";

    /** Names are not interned, because models make them up. */
    static final JsonFactory JSON = JsonFactory.builder()
            .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
            .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
            .build();

    enum State {
        /** It may still become a call. */
        OPEN,
        CALL,
        /** It cannot become a call any more. */
        TEXT
    }

    private final ToolCallRules rules;
    private final StringBuilder text = new StringBuilder();
    private final JsonParser parser = JSON.createNonBlockingByteArrayParser(ObjectReadContext.empty());
    private final ByteArrayFeeder feeder = (ByteArrayFeeder) parser.nonBlockingInputFeeder();
    private int depth;
    private boolean named;
    private boolean hasArguments;
    private int objectEnd;
    private int end;

    CallCandidate(ToolCallRules rules) {
        this.rules = rules;
    }

    State add(String piece) {
        text.append(piece);
        try {
            if (objectEnd == 0 && !parse(piece)) {
                return State.TEXT;
            }
        } catch (JacksonException broken) {
            return State.TEXT;
        }
        return objectEnd == 0 ? State.OPEN : close();
    }

    /** The answer ends here. The closing tag may be missing then. */
    State endAnswer() {
        end = text.length();
        return objectEnd > 0 ? State.CALL : State.TEXT;
    }

    /** Everything that has been added. */
    String text() {
        return text.toString();
    }

    /** The finished call. */
    WrittenCall call() {
        return WrittenCall.of(text.substring(0, objectEnd), rules);
    }

    /** What has been added after the finished call. */
    String rest() {
        return text.substring(end);
    }

    /** @return whether it may still be the object of a call */
    private boolean parse(String piece) {
        byte[] bytes = piece.getBytes(StandardCharsets.UTF_8);
        feeder.feedInput(bytes, 0, bytes.length);
        @Nullable JsonToken token;
        while ((token = parser.nextToken()) != null && token != JsonToken.NOT_AVAILABLE) {
            if (!fits(token)) {
                return false;
            }
            depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            if (depth == 0) {
                objectEnd = text.length() - unread();
                return named && hasArguments;
            }
        }
        return true;
    }

    private boolean fits(JsonToken token) {
        if (depth == 0) {
            return token == JsonToken.START_OBJECT;
        }
        if (depth > 1 || token == JsonToken.PROPERTY_NAME || token == JsonToken.END_OBJECT) {
            return true;
        }
        String field = parser.currentName();
        if (field.equals(NAME)) {
            named = token == JsonToken.VALUE_STRING && rules.tools().contains(parser.getString());
            return named;
        }
        if (field.equals(rules.form().getArguments())) {
            hasArguments = token == JsonToken.START_OBJECT;
            return hasArguments;
        }
        return true;
    }

    private int unread() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        parser.releaseBuffered(bytes);
        return bytes.toString(StandardCharsets.UTF_8).length();
    }

    /** Looks for the closing tag after the object. */
    private State close() {
        String closing = rules.form().getClosing();
        if (closing.isEmpty()) {
            end = objectEnd;
            return State.CALL;
        }
        String rest = text.substring(objectEnd).stripLeading();
        if (rest.startsWith(closing)) {
            end = text.length() - rest.length() + closing.length();
            return State.CALL;
        }
        return closing.startsWith(rest) ? State.OPEN : State.TEXT;
    }
}
