package dev.pargo.gateway.chat;

import dev.pargo.gateway.json.Field;
import dev.pargo.gateway.json.Fields;
import dev.pargo.gateway.json.JsonCursor;
import dev.pargo.gateway.json.Type;
import dev.pargo.gateway.json.Types;
import java.util.List;
import java.util.Map;

/** A URL, or an object that has it; empty if the object has none. */
final class ImageUrlType implements Type<String> {

    private static final Field<String> URL = Field.of("url", Types.anyText(), null, "A data URL or an https URL.");
    private static final Field<String> DETAIL =
            Field.ignored("detail", Types.text(100), "Every picture is seen in the encoder's resolution.");
    private static final Fields OBJECT = Fields.of(URL, DETAIL);

    @Override
    public String read(JsonCursor json) {
        return switch (json.token()) {
            case VALUE_STRING -> json.text();
            case START_OBJECT -> OBJECT.read(json).get(URL, "");
            default -> throw json.mustBe("an object with a url");
        };
    }

    @Override
    public String words() {
        return "URL, or object with a url";
    }

    @Override
    public Map<String, Object> schema() {
        return Map.of("anyOf", List.of(Map.of("type", "string"), OBJECT.schema()));
    }
}
