package dev.pargo.gateway.json;

import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonToken;

/** One of some strings. */
record WordType(List<String> choices) implements Type<String> {

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
        return last == 0 ? choices.get(0) : String.join(", ", choices.subList(0, last)) + " or " + choices.get(last);
    }

    @Override
    public Map<String, Object> schema() {
        return Map.of("type", "string", "enum", choices);
    }
}
