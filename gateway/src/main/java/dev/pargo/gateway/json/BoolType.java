package dev.pargo.gateway.json;

import java.util.Map;

/** True or false. */
record BoolType() implements Type<Boolean> {

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
