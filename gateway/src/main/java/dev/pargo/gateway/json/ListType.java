package dev.pargo.gateway.json;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonToken;

/** A list, or one item that stands for a list of one where {@code orOne} is set. */
record ListType<T>(Type<T> item, int least, int most, String items, boolean orOne) implements Type<List<T>> {

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
        Map<String, Object> list = Map.of("type", "array", "items", item.schema(), "minItems", least, "maxItems", most);
        return orOne ? Map.of("anyOf", List.of(item.schema(), list)) : list;
    }
}
