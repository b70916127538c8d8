package dev.pargo.gateway.chat;

import dev.pargo.gateway.json.JsonCursor;
import dev.pargo.gateway.json.Type;
import dev.pargo.gateway.json.Types;
import dev.pargo.gateway.json.Values;
import java.util.List;
import java.util.Map;

/** A string, or a list of parts. */
public final class ContentType implements Type<Content> {

    private final Type<List<Values>> parts;

    ContentType(int maxParts) {
        this.parts = Types.list(ChatFields.Part.ALL, 0, maxParts, "parts");
    }

    @Override
    public Content read(JsonCursor json) {
        return switch (json.token()) {
            case VALUE_STRING -> new Content(json.text(), null);
            case START_ARRAY -> new Content(null, parts.read(json));
            default -> throw json.mustBe("a string or a list of parts");
        };
    }

    @Override
    public String words() {
        return "string or list of parts";
    }

    @Override
    public Map<String, Object> schema() {
        return Map.of("anyOf", List.of(Map.of("type", "string"), parts.schema()));
    }
}
