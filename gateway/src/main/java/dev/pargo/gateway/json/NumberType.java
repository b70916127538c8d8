package dev.pargo.gateway.json;

import java.util.Map;
import tools.jackson.core.JsonToken;

/** A number of a range, whose lower end is excluded where {@code above} is set. */
record NumberType(int least, int most, boolean above) implements Type<Double> {

    @Override
    public Double read(JsonCursor json) {
        if (json.token() != JsonToken.VALUE_NUMBER_INT && json.token() != JsonToken.VALUE_NUMBER_FLOAT) {
            throw json.mustBe("a number");
        }
        double value = json.parser().getDoubleValue();
        // What the wire's float makes zero of is zero.
        if (!(value <= most && (above ? (float) value > least : value >= least))) {
            throw json.invalid("must be " + range());
        }
        return value;
    }

    private String range() {
        return (above ? "above %d and at most %d" : "between %d and %d").formatted(least, most);
    }

    @Override
    public String words() {
        return "number, " + range();
    }

    @Override
    public Map<String, Object> schema() {
        return Map.of("type", "number", above ? "exclusiveMinimum" : "minimum", least, "maximum", most);
    }
}
