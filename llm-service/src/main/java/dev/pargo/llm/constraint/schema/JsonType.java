package dev.pargo.llm.constraint.schema;

import dev.pargo.llm.constraint.language.FormatException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** The types of JSON Schema. */
enum JsonType {
    OBJECT,
    ARRAY,
    STRING,
    /** Any number, including integers. */
    NUMBER,
    INTEGER,
    BOOLEAN,
    NULL;

    /** All types. {@link #NUMBER} includes {@link #INTEGER}, so the latter is left out. */
    static Set<JsonType> all() {
        return EnumSet.complementOf(EnumSet.of(INTEGER));
    }

    static JsonType of(String name) {
        return Arrays.stream(values())
                .filter(type -> type.name().toLowerCase(Locale.ROOT).equals(name))
                .findFirst()
                .orElseThrow(() -> new FormatException("is '%s', which is no type".formatted(name)));
    }

    /** Types that both sets contain. */
    static Set<JsonType> common(Set<JsonType> a, Set<JsonType> b) {
        Set<JsonType> common = EnumSet.noneOf(JsonType.class);
        for (JsonType type : values()) {
            if (type.isIn(a) && type.isIn(b)) {
                common.add(type);
            }
        }
        if (common.contains(NUMBER)) {
            common.remove(INTEGER);
        }
        return common;
    }

    private boolean isIn(Set<JsonType> types) {
        return types.contains(this) || this == INTEGER && types.contains(NUMBER);
    }

    boolean includes(JsonNode value) {
        return switch (this) {
            case OBJECT -> value.isObject();
            case ARRAY -> value.isArray();
            case STRING -> value.isString();
            case NUMBER -> value.isNumber();
            case INTEGER ->
                value.isIntegralNumber()
                        || value.isNumber()
                                && value.decimalValue().stripTrailingZeros().scale() <= 0;
            case BOOLEAN -> value.isBoolean();
            case NULL -> value.isNull();
        };
    }
}
