package dev.pargo.llm.constraint.schema;

import dev.pargo.llm.constraint.language.FormatException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Checks that no value can satisfy two parts of a {@code oneOf}, because then {@code oneOf} means the same as {@code
 * anyOf}. It recognises different types, different values, and properties that both parts require with different values
 * (the discriminators of unions).
 */
final class Disjointness {

    private Disjointness() {}

    /** @throws FormatException if it does not recognise that two parts are disjoint */
    static void check(List<List<Facets>> parts, String path) {
        for (int i = 0; i < parts.size(); i++) {
            for (int j = 0; j < i; j++) {
                for (Facets a : parts.get(i)) {
                    for (Facets b : parts.get(j)) {
                        if (!areDisjoint(a, b)) {
                            throw new FormatException(
                                    "%s/oneOf is only supported where no value fits two of its schemas, and %d and %d may overlap"
                                            .formatted(path, j, i));
                        }
                    }
                }
            }
        }
    }

    private static boolean areDisjoint(Facets a, Facets b) {
        if (a.types() != null
                && b.types() != null
                && JsonType.common(a.types(), b.types()).isEmpty()) {
            return true;
        }
        if (haveNoCommonValue(a.values(), b.values())) {
            return true;
        }
        if (!onlyObjects(a) || !onlyObjects(b)) {
            return false;
        }
        return a.objects().required().stream()
                .filter(b.objects().required()::contains)
                .anyMatch(name -> haveNoCommonValue(
                        values(a.objects().properties().get(name)),
                        values(b.objects().properties().get(name))));
    }

    private static boolean onlyObjects(Facets facets) {
        return Set.of(JsonType.OBJECT).equals(facets.types());
    }

    private static boolean haveNoCommonValue(@Nullable List<JsonNode> a, @Nullable List<JsonNode> b) {
        return a != null
                && b != null
                && a.stream().noneMatch(left -> b.stream().anyMatch(right -> areEqual(left, right)));
    }

    /** 1 and 1.0 are the same value. */
    private static boolean areEqual(JsonNode a, JsonNode b) {
        return a.isNumber() && b.isNumber() ? a.decimalValue().compareTo(b.decimalValue()) == 0 : a.equals(b);
    }

    private static @Nullable List<JsonNode> values(@Nullable JsonNode schema) {
        if (schema == null || !schema.isObject()) {
            return null;
        }
        return schema.has("const")
                ? List.of(schema.get("const"))
                : schema.path("enum").isArray() ? List.copyOf(schema.get("enum").values()) : null;
    }
}
