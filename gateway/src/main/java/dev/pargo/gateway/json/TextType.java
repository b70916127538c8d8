package dev.pargo.gateway.json;

import java.util.Map;
import tools.jackson.core.JsonToken;

/** A string of bounded length. */
record TextType(int least, int most) implements Type<String> {

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
