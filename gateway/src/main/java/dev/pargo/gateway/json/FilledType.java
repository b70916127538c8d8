package dev.pargo.gateway.json;

import java.util.Map;
import tools.jackson.core.JsonToken;

/** A list or an object, of which only is read whether it is empty. */
record FilledType(String words) implements Type<Boolean> {

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
