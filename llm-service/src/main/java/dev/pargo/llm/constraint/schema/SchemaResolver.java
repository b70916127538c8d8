package dev.pargo.llm.constraint.schema;

import dev.pargo.llm.constraint.language.FormatException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;

/**
 * Resolves a schema into alternatives without {@code $ref}, {@code allOf}, {@code anyOf} and {@code oneOf}: a value has to
 * satisfy one of them.
 */
final class SchemaResolver {

    private static final int MAX_ALTERNATIVES = 256;
    private static final int MAX_NESTED = 64;

    /**
     * Largest number of schemas that one compilation resolves, because references to references can multiply without
     * end.
     */
    private static final int MAX_VISITS = 50_000;

    private static final List<String> COMBINING = List.of("$ref", "allOf", "anyOf", "oneOf");

    private final JsonNode root;
    private int visits;

    SchemaResolver(JsonNode root) {
        this.root = root;
    }

    /** A schema and its path. */
    record Located(JsonNode schema, String path) {}

    /** @throws FormatException naming the path of a keyword that is not supported */
    List<Facets> alternatives(Located schema) {
        return alternatives(schema, 0);
    }

    private List<Facets> alternatives(Located located, int nested) {
        JsonNode schema = located.schema();
        String path = located.path();
        if (++visits > MAX_VISITS) {
            throw new FormatException("%s combines more than %d schemas".formatted(path, MAX_VISITS));
        }
        if (nested > MAX_NESTED) {
            throw new FormatException("%s refers to itself, or nests more than %d deep".formatted(path, MAX_NESTED));
        }
        if (schema.isBoolean()) {
            return schema.booleanValue() ? List.of(Facets.NONE) : List.of();
        }
        if (!schema.isObject()) {
            throw new FormatException("%s must be a schema: an object, true or false".formatted(path));
        }
        List<Facets> result = List.of(FacetReader.read(schema, path));
        if (schema.has("$ref")) {
            result = both(result, alternatives(target(located), nested + 1), path);
        }
        for (Located part : parts(located, "allOf")) {
            result = both(result, alternatives(part, nested + 1), path);
        }
        for (String keyword : List.of("anyOf", "oneOf")) {
            if (schema.has(keyword)) {
                result = both(result, either(located, keyword, nested), path);
            }
        }
        return result;
    }

    private List<Facets> either(Located located, String keyword, int nested) {
        List<List<Facets>> parts = parts(located, keyword).stream()
                .map(part -> alternatives(part, nested + 1))
                .toList();
        if (keyword.equals("oneOf")) {
            Disjointness.check(parts, located.path());
        }
        List<Facets> all = parts.stream().flatMap(List::stream).toList();
        if (all.size() > MAX_ALTERNATIVES) {
            throw tooMany(located.path());
        }
        return all;
    }

    private static List<Facets> both(List<Facets> a, List<Facets> b, String path) {
        if ((long) a.size() * b.size() > MAX_ALTERNATIVES) {
            throw tooMany(path);
        }
        List<Facets> both = new ArrayList<>();
        for (Facets left : a) {
            for (Facets right : b) {
                if (!left.objects().canBeJoined(right.objects())) {
                    throw new FormatException(
                            "%s combines patternProperties with another schema's additionalProperties, which is not supported"
                                    .formatted(path));
                }
                both.add(left.and(right));
            }
        }
        return both;
    }

    private static FormatException tooMany(String path) {
        return new FormatException(
                "%s has more than %d combinations of alternatives".formatted(path, MAX_ALTERNATIVES));
    }

    /** True if a keyword is the only condition of a schema. */
    static boolean hasOnly(JsonNode schema, String keyword) {
        return schema.has(keyword)
                && COMBINING.stream().noneMatch(other -> !other.equals(keyword) && schema.has(other))
                && FacetReader.read(schema, "").equals(Facets.NONE);
    }

    /** The schemas that a combining keyword lists. */
    static List<Located> parts(Located located, String keyword) {
        JsonNode parts = located.schema().get(keyword);
        if (parts == null) {
            return List.of();
        }
        if (!parts.isArray() || parts.isEmpty()) {
            throw new FormatException("%s/%s must be an array of schemas".formatted(located.path(), keyword));
        }
        List<Located> all = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            all.add(new Located(parts.get(i), "%s/%s/%d".formatted(located.path(), keyword, i)));
        }
        return all;
    }

    /** The schema that {@code $ref} refers to. */
    Located target(Located located) {
        JsonNode reference = located.schema().get("$ref");
        String text = reference.isString() ? reference.stringValue() : "";
        if (!text.equals("#") && !text.startsWith("#/")) {
            throw new FormatException(
                    "%s/$ref must refer to a place in this schema, such as #/$defs/name".formatted(located.path()));
        }
        JsonNode target;
        try {
            target = root.at(JsonPointer.compile(
                    URLDecoder.decode(text.substring(1).replace("+", "%2B"), StandardCharsets.UTF_8)));
        } catch (IllegalArgumentException e) {
            throw new FormatException("%s/$ref is malformed".formatted(located.path()));
        }
        if (target.isMissingNode()) {
            throw new FormatException("%s/$ref refers to %s, which is not there".formatted(located.path(), text));
        }
        return new Located(target, text);
    }
}
