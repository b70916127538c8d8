package dev.pargo.llm.constraint.schema;

import dev.pargo.llm.constraint.language.FormatException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads the keywords of one schema object, of the 2020-12 draft and of draft 7 where its keywords differ. Annotations
 * and unknown keywords are ignored, as the standard says.
 */
final class FacetReader {

    /** Assertions that are not supported. */
    private static final List<String> UNSUPPORTED = List.of(
            "not",
            "if",
            "then",
            "else",
            "contains",
            "minContains",
            "maxContains",
            "dependentRequired",
            "dependentSchemas",
            "dependencies",
            "unevaluatedProperties",
            "unevaluatedItems",
            "$dynamicRef",
            "$recursiveRef");

    private static final List<String> OF_STRINGS = List.of("minLength", "maxLength", "pattern", "format");
    private static final List<String> OF_NUMBERS =
            List.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf");
    private static final List<String> OF_ARRAYS =
            List.of("items", "prefixItems", "additionalItems", "minItems", "maxItems", "uniqueItems");
    private static final List<String> OF_OBJECTS = List.of(
            "properties",
            "required",
            "additionalProperties",
            "patternProperties",
            "propertyNames",
            "minProperties",
            "maxProperties");

    private final JsonNode schema;
    private final String path;

    private FacetReader(JsonNode schema, String path) {
        this.schema = schema;
        this.path = path;
    }

    /**
     * Reads a schema object.
     *
     * @param path of the schema, for messages
     * @throws FormatException naming the keyword's path
     */
    static Facets read(JsonNode schema, String path) {
        return new FacetReader(schema, path).read();
    }

    private Facets read() {
        for (String keyword : UNSUPPORTED) {
            if (schema.has(keyword)) {
                throw refusal(keyword, "is not supported");
            }
        }
        return new Facets(types(), values(), range(), factors(), strings(), arrays(), objects());
    }

    private @Nullable Set<JsonType> types() {
        JsonNode type = schema.get("type");
        if (type == null) {
            return impliedTypes();
        }
        Set<JsonType> types = EnumSet.noneOf(JsonType.class);
        for (JsonNode name : type.isArray() ? type : List.of(type)) {
            String named = text("type", name);
            types.add(Refusals.at(path + "/type", () -> JsonType.of(named)));
        }
        if (types.contains(JsonType.NUMBER)) {
            types.remove(JsonType.INTEGER);
        }
        return types;
    }

    /** A schema that has only conditions for objects means an object; the same holds for the other types. */
    private @Nullable Set<JsonType> impliedTypes() {
        if (schema.has("enum") || schema.has("const")) {
            return null;
        }
        Set<JsonType> types = EnumSet.noneOf(JsonType.class);
        Map<JsonType, List<String>> keywords = Map.of(
                JsonType.STRING, OF_STRINGS,
                JsonType.NUMBER, OF_NUMBERS,
                JsonType.ARRAY, OF_ARRAYS,
                JsonType.OBJECT, OF_OBJECTS);
        keywords.forEach((type, names) -> {
            if (names.stream().anyMatch(schema::has)) {
                types.add(type);
            }
        });
        return types.isEmpty() ? null : types;
    }

    private @Nullable List<JsonNode> values() {
        JsonNode one = schema.get("const");
        JsonNode several = schema.get("enum");
        if (several == null) {
            return one == null ? null : List.of(one);
        }
        if (!several.isArray()) {
            throw refusal("enum", "must be an array");
        }
        List<JsonNode> values = new ArrayList<>();
        several.forEach(values::add);
        return one == null ? values : values.stream().filter(one::equals).toList();
    }

    private NumberRange range() {
        NumberRange range = NumberRange.ALL;
        for (String keyword : List.of("minimum", "exclusiveMinimum")) {
            BigDecimal bound = bound(keyword);
            range = bound == null ? range : range.atLeast(bound, isExclusive(keyword));
        }
        for (String keyword : List.of("maximum", "exclusiveMaximum")) {
            BigDecimal bound = bound(keyword);
            range = bound == null ? range : range.atMost(bound, isExclusive(keyword));
        }
        return range;
    }

    private @Nullable BigDecimal bound(String keyword) {
        JsonNode bound = schema.get(keyword);
        return bound == null || bound.isBoolean() ? null : number(keyword, bound);
    }

    /** In draft 4, {@code exclusiveMinimum} is a boolean: whether {@code minimum} itself is excluded. */
    private boolean isExclusive(String keyword) {
        return keyword.startsWith("exclusive")
                || isTrue(keyword.equals("minimum") ? "exclusiveMinimum" : "exclusiveMaximum");
    }

    private boolean isTrue(String keyword) {
        return schema.path(keyword).isBoolean() && schema.path(keyword).booleanValue();
    }

    private List<BigDecimal> factors() {
        JsonNode factor = schema.get("multipleOf");
        if (factor == null) {
            return List.of();
        }
        BigDecimal number = number("multipleOf", factor);
        if (number.signum() <= 0) {
            throw refusal("multipleOf", "must be greater than 0");
        }
        return List.of(number);
    }

    private Facets.Strings strings() {
        JsonNode pattern = schema.get("pattern");
        JsonNode format = schema.get("format");
        return new Facets.Strings(
                count("minLength", 0),
                count("maxLength", -1),
                pattern == null ? List.of() : List.of(text("pattern", pattern)),
                format == null ? List.of() : List.of(text("format", format)));
    }

    private Facets.Arrays arrays() {
        JsonNode items = schema.get("items");
        // Draft 7 has an array of schemas in items, and additionalItems for the rest.
        boolean older = items != null && items.isArray();
        JsonNode first = older ? items : schema.get("prefixItems");
        if (first != null && !first.isArray()) {
            throw refusal("prefixItems", "must be an array");
        }
        List<JsonNode> firstItems = new ArrayList<>();
        if (first != null) {
            first.forEach(firstItems::add);
        }
        int max = count("maxItems", -1);
        if (isTrue("uniqueItems") && (max < 0 || max > 1)) {
            throw refusal("uniqueItems", "is not supported");
        }
        return new Facets.Arrays(firstItems, older ? schema.get("additionalItems") : items, count("minItems", 0), max);
    }

    private Facets.Objects objects() {
        Set<String> required = new LinkedHashSet<>();
        JsonNode names = schema.get("required");
        if (names != null && names.isArray()) {
            names.forEach(name -> required.add(text("required", name)));
        } else if (names != null) {
            throw refusal("required", "must be an array");
        }
        JsonNode propertyNames = schema.get("propertyNames");
        return new Facets.Objects(
                schemas("properties"),
                schemas("patternProperties"),
                schema.get("additionalProperties"),
                required,
                propertyNames == null ? List.of() : List.of(propertyNames),
                count("minProperties", 0),
                count("maxProperties", -1));
    }

    private Map<String, JsonNode> schemas(String keyword) {
        Map<String, JsonNode> schemas = new LinkedHashMap<>();
        JsonNode all = schema.get(keyword);
        if (all != null && !all.isObject()) {
            throw refusal(keyword, "must be an object");
        }
        if (all != null) {
            all.properties().forEach(entry -> schemas.put(entry.getKey(), entry.getValue()));
        }
        return schemas;
    }

    private int count(String keyword, int absent) {
        JsonNode count = schema.get(keyword);
        if (count == null) {
            return absent;
        }
        BigDecimal number = number(keyword, count).stripTrailingZeros();
        if (number.signum() < 0 || number.scale() > 0) {
            throw refusal(keyword, "must be a whole number of at least 0");
        }
        return number.min(BigDecimal.valueOf(Integer.MAX_VALUE)).intValue();
    }

    private BigDecimal number(String keyword, JsonNode value) {
        if (!value.isNumber()) {
            throw refusal(keyword, "must be a number");
        }
        BigDecimal number = value.decimalValue();
        if (Math.abs((long) number.precision() - number.scale()) > 400 || Math.abs((long) number.scale()) > 400) {
            throw refusal(keyword, "is out of range");
        }
        return number;
    }

    private String text(String keyword, JsonNode value) {
        if (!value.isString()) {
            throw refusal(keyword, "must be a string");
        }
        return value.stringValue();
    }

    private FormatException refusal(String keyword, String problem) {
        return new FormatException("%s/%s %s".formatted(path, keyword, problem));
    }
}
