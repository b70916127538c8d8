package dev.pargo.gateway.json;

import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JsonToken;

/** An object whose names are data; their order is kept. */
record MapType<T>(Type<T> value, int most, String items) implements Type<Map<String, T>> {

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
