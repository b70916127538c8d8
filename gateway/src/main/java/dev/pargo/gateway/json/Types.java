package dev.pargo.gateway.json;

import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.databind.json.JsonMapper;

/** The types that fields have. */
public final class Types {

    private Types() {}

    /** True or false. */
    public static Type<Boolean> bool() {
        return new Bool();
    }

    /** A whole number of a range. */
    public static Type<Long> whole(long least, long most) {
        return new Whole(least, most, false);
    }

    /** A whole number of a range, or -1, which means the same as no value: it is read as null. */
    public static Type<Long> wholeOrOff(long least, long most) {
        return new Whole(least, most, true);
    }

    /** A number of a range, both ends included. */
    public static Type<Double> number(int least, int most) {
        return new Numeric(least, most, false);
    }

    /** A number above zero, and still above zero as a float. */
    public static Type<Double> positive(int most) {
        return new Numeric(0, most, true);
    }

    /** @param most characters */
    public static Type<String> text(int most) {
        return new Text(1, most);
    }

    public static Type<String> anyText() {
        return new Text(0, Integer.MAX_VALUE);
    }

    /** One of some words. */
    public static Type<String> word(String... words) {
        return new Word(List.of(words));
    }

    /** @param items what there may not be too many of, in the plural */
    public static <T> Type<List<T>> list(Type<T> item, int least, int most, String items) {
        return new Items<>(item, least, most, items, false);
    }

    /** A list, or one item that stands for a list of one. */
    public static <T> Type<List<T>> oneOrList(Type<T> item, int most, String items) {
        return new Items<>(item, 0, most, items, true);
    }

    /** An object whose names are data. */
    public static <T> Type<Map<String, T>> map(Type<T> value, int most, String items) {
        return new Mapping<>(value, most, items);
    }

    /** An object with fields of its own. */
    public static Type<Values> object(Fields fields) {
        return fields;
    }

    /** Any JSON value, as text. @param most characters */
    public static Type<String> json(int most) {
        return new Json(most, false);
    }

    /** Any JSON value as text, or a text that holds one. */
    public static Type<String> jsonOrText(int most) {
        return new Json(most, true);
    }

    /** Any value of a kind, which is skipped. */
    public static Type<Boolean> skipped(String words, JsonToken... starts) {
        return new Skipped(words, List.of(starts));
    }

    /** A list or an object, which is skipped: whether there is anything in it. */
    public static Type<Boolean> filled(String words) {
        return new Filled(words);
    }

    /** Nothing but a neutral value, such as {@code false}, {@code []} or {@code "none"}. */
    public static Type<Boolean> only(String... neutral) {
        return new Neutral(List.of(neutral));
    }

    private record Bool() implements Type<Boolean> {

        @Override
        public Boolean read(JsonCursor json) {
            return switch (json.token()) {
                case VALUE_TRUE -> true;
                case VALUE_FALSE -> false;
                default -> throw json.mustBe(words());
            };
        }

        @Override
        public String words() {
            return "true or false";
        }

        @Override
        public Map<String, Object> schema() {
            return Map.of("type", "boolean");
        }
    }

    private record Whole(long least, long most, boolean orOff) implements Type<Long> {

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

    private record Numeric(int least, int most, boolean above) implements Type<Double> {

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

    private record Text(int least, int most) implements Type<String> {

        @Override
        public String read(JsonCursor json) {
            if (json.token() != JsonToken.VALUE_STRING) {
                throw json.mustBe("a string");
            }
            String text = json.text();
            if (text.length() < least || text.length() > most) {
                throw json.invalid("must have %d to %d characters".formatted(least, most));
            }
            return text;
        }

        @Override
        public String words() {
            return most == Integer.MAX_VALUE ? "string" : "string of %d to %d characters".formatted(least, most);
        }

        @Override
        public Map<String, Object> schema() {
            return most == Integer.MAX_VALUE
                    ? Map.of("type", "string")
                    : Map.of("type", "string", "minLength", least, "maxLength", most);
        }
    }

    private record Word(List<String> choices) implements Type<String> {

        @Override
        public String read(JsonCursor json) {
            if (json.token() != JsonToken.VALUE_STRING) {
                throw json.mustBe("a string");
            }
            String text = json.text();
            if (!choices.contains(text)) {
                throw json.invalid("must be " + words());
            }
            return text;
        }

        @Override
        public String words() {
            int last = choices.size() - 1;
            return last == 0
                    ? choices.get(0)
                    : String.join(", ", choices.subList(0, last)) + " or " + choices.get(last);
        }

        @Override
        public Map<String, Object> schema() {
            return Map.of("type", "string", "enum", choices);
        }
    }

    private record Items<T>(Type<T> item, int least, int most, String items, boolean orOne) implements Type<List<T>> {

        @Override
        public List<T> read(JsonCursor json) {
            if (json.token() != JsonToken.START_ARRAY) {
                if (orOne) {
                    return List.of(item.read(json));
                }
                throw json.mustBe("a list");
            }
            List<T> values = new ArrayList<>();
            while (json.next() != JsonToken.END_ARRAY) {
                if (values.size() == most) {
                    throw json.invalid("may have at most %d %s".formatted(most, items));
                }
                json.enter(values.size());
                if (json.isNull()) {
                    throw json.invalid("must not be null");
                }
                values.add(item.read(json));
                json.leave();
            }
            if (values.size() < least) {
                throw json.invalid("must not be empty");
            }
            return values;
        }

        @Override
        public String words() {
            String list = "list of at most %d %s".formatted(most, items);
            return orOne ? item.words() + ", or a " + list : list + ", each " + item.words();
        }

        @Override
        public Map<String, Object> schema() {
            Map<String, Object> list =
                    Map.of("type", "array", "items", item.schema(), "minItems", least, "maxItems", most);
            return orOne ? Map.of("anyOf", List.of(item.schema(), list)) : list;
        }
    }

    private record Mapping<T>(Type<T> value, int most, String items) implements Type<Map<String, T>> {

        @Override
        public Map<String, T> read(JsonCursor json) {
            if (json.token() != JsonToken.START_OBJECT) {
                throw json.mustBe("an object");
            }
            Map<String, T> values = new LinkedHashMap<>();
            while (json.next() != JsonToken.END_OBJECT) {
                String name = json.parser().currentName();
                if (values.size() == most) {
                    throw json.invalid("may have at most %d %s".formatted(most, items));
                }
                json.next();
                json.enter(name);
                if (json.isNull()) {
                    throw json.invalid("must not be null");
                }
                values.put(name, value.read(json));
                json.leave();
            }
            return values;
        }

        @Override
        public String words() {
            return "object of at most %d %s, each %s".formatted(most, items, value.words());
        }

        @Override
        public Map<String, Object> schema() {
            return Map.of("type", "object", "additionalProperties", value.schema(), "maxProperties", most);
        }
    }

    private record Json(int most, boolean orText) implements Type<String> {

        @Override
        public String read(JsonCursor json) {
            String text;
            if (orText && json.token() == JsonToken.VALUE_STRING) {
                text = json.text();
            } else {
                StringWriter copy = new StringWriter();
                try (JsonGenerator generator = JsonMapper.shared().createGenerator(copy)) {
                    copy(json, generator, copy);
                }
                text = copy.toString();
            }
            if (text.length() > most) {
                throw tooLong(json);
            }
            return text;
        }

        /** Copies one value, token by token, so that what is too long is refused before it is there. */
        private void copy(JsonCursor json, JsonGenerator generator, StringWriter copy) {
            int depth = 0;
            while (true) {
                JsonToken token = json.token();
                if (token == JsonToken.VALUE_STRING) {
                    json.text();
                }
                generator.copyCurrentEvent(json.parser());
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                if (depth == 0) {
                    return;
                }
                if (copy.getBuffer().length() > most) {
                    throw tooLong(json);
                }
                json.next();
            }
        }

        private RuntimeException tooLong(JsonCursor json) {
            return json.invalid("must have at most %d characters".formatted(most));
        }

        @Override
        public String words() {
            return "JSON of at most %d characters".formatted(most);
        }

        @Override
        public Map<String, Object> schema() {
            return Map.of();
        }
    }

    private record Skipped(String kind, List<JsonToken> starts) implements Type<Boolean> {

        @Override
        public Boolean read(JsonCursor json) {
            if (!starts.isEmpty() && !starts.contains(json.token())) {
                throw json.mustBe(kind);
            }
            json.skip();
            return true;
        }

        @Override
        public String words() {
            return kind;
        }

        @Override
        public Map<String, Object> schema() {
            return Map.of();
        }
    }

    private record Filled(String words) implements Type<Boolean> {

        @Override
        public Boolean read(JsonCursor json) {
            if (!json.token().isStructStart()) {
                throw json.mustBe(words);
            }
            int depth = 1;
            boolean filled = false;
            while (depth > 0) {
                JsonToken token = json.next();
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                filled |= depth > 0;
            }
            return filled;
        }

        @Override
        public Map<String, Object> schema() {
            return Map.of();
        }
    }

    private record Neutral(List<String> values) implements Type<Boolean> {

        private static final int LONGEST = 100;

        @Override
        public Boolean read(JsonCursor json) {
            String text = switch (json.token()) {
                case START_ARRAY, START_OBJECT -> new Json(LONGEST, false).read(json);
                case VALUE_STRING -> json.text();
                default -> json.parser().getString();
            };
            if (!values.contains(text)) {
                throw json.unsupported();
            }
            return true;
        }

        @Override
        public String words() {
            return values.isEmpty() ? "null only" : "only " + String.join(" or ", values);
        }

        @Override
        public Map<String, Object> schema() {
            return Map.of();
        }
    }
}
