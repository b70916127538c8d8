package dev.pargo.models.chat.jinja;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code namespace()}: the only value whose attributes a template can set. */
record Namespace(Map<String, @Nullable Object> attributes) {

    static Namespace of(Map<String, @Nullable Object> attributes) {
        return new Namespace(new LinkedHashMap<>(attributes));
    }
}
