package dev.pargo.gateway.json;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A value without an effect, such as {@code false} or {@code "none"}. Every other value is refused. */
record NeutralType(List<String> values) implements Type<Boolean> {

    private static final int LONGEST = 100;

    @Override
    public Boolean read(JsonCursor json) {
        String text = switch (json.token()) {
            case START_ARRAY, START_OBJECT -> new RawJsonType(LONGEST, false).read(json);
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
        return values.isEmpty()
                ? "null only"
                : values.stream()
                        .map(value -> value.isEmpty() ? "\"\"" : value)
                        .collect(Collectors.joining(" or ", "only ", ""));
    }

    @Override
    public Map<String, Object> schema() {
        return Map.of();
    }
}
