package dev.pargo.gateway.json;

import dev.pargo.gateway.error.GatewayException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** A position in a JSON document that is being read, with its path. Not thread-safe. */
public final class JsonCursor {

    private final JsonParser parser;
    private final Deque<Object> path = new ArrayDeque<>();

    JsonCursor(JsonParser parser) {
        this.parser = parser;
    }

    public JsonToken token() {
        return parser.currentToken();
    }

    public boolean isNull() {
        return token() == JsonToken.VALUE_NULL;
    }

    public JsonToken next() {
        return parser.nextToken();
    }

    /** Skips the value at this position. */
    public void skip() {
        parser.skipChildren();
    }

    JsonParser parser() {
        return parser;
    }

    /** Enters a member or an item. */
    void enter(Object nameOrIndex) {
        path.addLast(nameOrIndex);
    }

    void leave() {
        path.removeLast();
    }

    /** The path of this position, such as {@code messages[0].content}. */
    public String path() {
        StringBuilder text = new StringBuilder();
        for (Iterator<Object> steps = path.iterator(); steps.hasNext(); ) {
            Object step = steps.next();
            if (step instanceof Integer index) {
                text.append('[').append(index).append(']');
            } else {
                text.append(text.isEmpty() ? "" : ".").append(step);
            }
        }
        return text.toString();
    }

    /** The text at this position. Half of a surrogate pair is refused. */
    public String text() {
        String text = parser.getString();
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (Character.isSurrogate(unit)) {
                if (Character.isLowSurrogate(unit)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(++i))) {
                    throw invalid("has half of a surrogate pair, which is no character");
                }
            }
        }
        return text;
    }

    /** The value has the wrong type. */
    public GatewayException mustBe(String expected) {
        return GatewayException.invalid(path(), "invalid_type", "%s must be %s".formatted(path(), expected));
    }

    /** The value has the right type, but is not allowed. */
    public GatewayException invalid(String what) {
        return GatewayException.invalid(path(), "invalid_value", "%s %s".formatted(path(), what));
    }

    /** The value would change the answer in a way that is not supported. */
    public GatewayException unsupported() {
        return GatewayException.invalid(path(), "unsupported_value", path() + " is not supported with this value");
    }
}
