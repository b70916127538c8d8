package dev.pargo.gateway.json;

import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonToken;

/** Any value that begins with one of some tokens (all, if none are named); it is skipped. */
record SkippedType(String kind, List<JsonToken> starts) implements Type<Boolean> {

    @Override
    public Boolean read(JsonCursor json) {
        if (!starts.isEmpty() && !starts.contains(json.token())) {
            throw json.mustBe(kind);
        }
        json.skip();
        return true;
    }

    @Override
    public String words() {
        return kind;
    }

    @Override
    public Map<String, Object> schema() {
        return Map.of();
    }
}
