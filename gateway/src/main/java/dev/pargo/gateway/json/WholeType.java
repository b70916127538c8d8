package dev.pargo.gateway.json;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.InputCoercionException;

/** A whole number of a range, or -1 for no value where {@code orOff} is set. */
record WholeType(long least, long most, boolean orOff) implements Type<Long> {

    @Override
    public @Nullable Long read(JsonCursor json) {
        if (json.token() != JsonToken.VALUE_NUMBER_INT) {
            throw json.mustBe("a whole number");
        }
        long value;
        try {
            value = json.parser().getLongValue();
        } catch (InputCoercionException large) {
            throw json.invalid("is out of range");
        }
        if (orOff && value == -1) {
            return null;
        }
        if (value < least || value > most) {
            boolean beyond = value > most && most == Integer.MAX_VALUE;
            throw json.invalid(beyond ? "is out of range" : "must be " + range());
        }
        return value;
    }

    private String range() {
        String range = most >= Integer.MAX_VALUE
                ? least <= Integer.MIN_VALUE ? "a whole number of 64 bits" : "at least " + least
                : "between %d and %d".formatted(least, most);
        return orOff ? range + ", or -1 for no limit" : range;
    }

    @Override
    public String words() {
        return "whole number, " + range();
    }

    @Override
    public Map<String, Object> schema() {
        return Map.of("type", "integer", "minimum", orOff ? Math.min(-1, least) : least, "maximum", most);
    }
}
