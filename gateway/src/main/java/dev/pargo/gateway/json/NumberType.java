package dev.pargo.gateway.json;

import java.util.Map;
import tools.jackson.core.JsonToken;

/** A number of a range; the lower end is excluded if {@code above} is set. */
record NumberType(int least, int most, boolean above) implements Type<Double> {

    @Override
    public Double read(JsonCursor json) {
        if (json.token() != JsonToken.VALUE_NUMBER_INT && json.token() != JsonToken.VALUE_NUMBER_FLOAT) {
            throw json.mustBe("a number");
        }
        double value = json.parser().getDoubleValue();
        // A number that is zero as a float, the type in messages to stages, counts as zero.
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
