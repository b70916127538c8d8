package dev.pargo.llm.constraint.schema;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * The conditions of a schema without {@code $ref}, {@code allOf}, {@code anyOf} and {@code oneOf}. Immutable.
 *
 * @param types  allowed types; null for any
 * @param values values of {@code enum} and {@code const}; null for any
 */
record Facets(
        @Nullable Set<JsonType> types,
        @Nullable List<JsonNode> values,
        NumberRange range,
        List<BigDecimal> factors,
        Strings strings,
        Arrays arrays,
        Objects objects) {

    /** No conditions. */
    static final Facets NONE =
            new Facets(null, null, NumberRange.ALL, List.of(), Strings.NONE, Arrays.NONE, Objects.NONE);

    /**
     * The conditions for a string.
     *
     * @param maxLength code points; -1 for no limit
     */
    record Strings(int minLength, int maxLength, List<String> patterns, List<String> formats) {

        static final Strings NONE = new Strings(0, -1, List.of(), List.of());

        Strings and(Strings other) {
            return new Strings(
                    Math.max(minLength, other.minLength),
                    least(maxLength, other.maxLength),
                    joined(patterns, other.patterns),
                    joined(formats, other.formats));
        }
    }

    /**
     * The conditions for an array.
     *
     * @param first schemas of the first items
     * @param rest  schema of the items after them; null for any
     * @param max   items; -1 for no limit
     */
    record Arrays(List<JsonNode> first, @Nullable JsonNode rest, int min, int max) {

        static final Arrays NONE = new Arrays(List.of(), null, 0, -1);

        private @Nullable JsonNode item(int index) {
            return index < first.size() ? first.get(index) : rest;
        }

        Arrays and(Arrays other) {
            List<JsonNode> both = new ArrayList<>();
            for (int i = 0; i < Math.max(first.size(), other.first.size()); i++) {
                both.add(orAny(Facets.and(item(i), other.item(i))));
            }
            return new Arrays(both, Facets.and(rest, other.rest), Math.max(min, other.min), least(max, other.max));
        }
    }

    /**
     * The conditions for an object.
     *
     * @param properties by name, in the schema's order
     * @param patterns   schemas of the properties whose names have a match of a regular expression
     * @param others     schema of the other properties; null if there is none
     * @param names      schemas of the names
     * @param max        properties; -1 for no limit
     */
    record Objects(
            Map<String, JsonNode> properties,
            Map<String, JsonNode> patterns,
            @Nullable JsonNode others,
            Set<String> required,
            List<JsonNode> names,
            int min,
            int max) {

        static final Objects NONE = new Objects(Map.of(), Map.of(), null, Set.of(), List.of(), 0, -1);

        /**
         * Other properties of a schema are those that match none of its own patterns. A combined schema cannot express
         * that.
         */
        boolean canBeJoined(Objects other) {
            return (patterns.isEmpty() || other.others == null) && (others == null || other.patterns.isEmpty());
        }

        Objects and(Objects other) {
            Map<String, JsonNode> both = new LinkedHashMap<>();
            for (String name : joined(properties.keySet(), other.properties.keySet())) {
                both.put(
                        name,
                        orAny(Facets.and(
                                properties.getOrDefault(name, others),
                                other.properties.getOrDefault(name, other.others))));
            }
            Map<String, JsonNode> allPatterns = new LinkedHashMap<>(patterns);
            other.patterns.forEach((pattern, schema) -> allPatterns.merge(pattern, schema, Facets::both));
            return new Objects(
                    both,
                    allPatterns,
                    Facets.and(others, other.others),
                    new LinkedHashSet<>(joined(required, other.required)),
                    joined(names, other.names),
                    Math.max(min, other.min),
                    least(max, other.max));
        }
    }

    /** The conditions of both. */
    Facets and(Facets other) {
        return new Facets(
                types == null ? other.types : other.types == null ? types : JsonType.common(types, other.types),
                values == null
                        ? other.values
                        : other.values == null
                                ? values
                                : values.stream().filter(other.values::contains).toList(),
                range.and(other.range),
                joined(factors, other.factors),
                strings.and(other.strings),
                arrays.and(other.arrays),
                objects.and(other.objects));
    }

    /** A schema with the conditions of both. */
    static JsonNode both(JsonNode a, JsonNode b) {
        if (a.equals(b)) {
            return a;
        }
        var both = JsonNodeFactory.instance.objectNode();
        both.putArray("allOf").add(a).add(b);
        return both;
    }

    /** The same, where null has no conditions. */
    private static @Nullable JsonNode and(@Nullable JsonNode a, @Nullable JsonNode b) {
        return a == null || b == null ? (a == null ? b : a) : both(a, b);
    }

    private static JsonNode orAny(@Nullable JsonNode schema) {
        return schema == null ? JsonNodeFactory.instance.booleanNode(true) : schema;
    }

    private static int least(int a, int b) {
        return a < 0 ? b : b < 0 ? a : Math.min(a, b);
    }

    private static <T> List<T> joined(Collection<T> a, Collection<T> b) {
        Set<T> joined = new LinkedHashSet<>(a);
        joined.addAll(b);
        return List.copyOf(joined);
    }
}
