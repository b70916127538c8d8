package dev.pargo.gateway.json;

import java.io.StringWriter;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/** Any JSON value as text, or a string that holds one where {@code orText} is set. */
record RawJsonType(int most, boolean orText) implements Type<String> {

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

    /** Copies one value, token by token, so that a value that is too long is refused before it is in memory. */
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
