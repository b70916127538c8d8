package dev.pargo.llm.constraint.schema;

import dev.pargo.llm.constraint.language.FormatException;
import dev.pargo.llm.constraint.language.JsonString;
import dev.pargo.llm.constraint.language.Language;
import dev.pargo.llm.constraint.language.Regex;
import dev.pargo.llm.constraint.schema.SchemaResolver.Located;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** The properties that an object may have, with the schemas of their values. */
final class ObjectProperties {

    private static final int MAX_NAMED = 1_000;
    private static final JsonNode ANYTHING = JsonNodeFactory.instance.booleanNode(true);

    private final Facets.Objects objects;
    private final String path;
    private final Language allowed;
    private final Map<String, Language> patterns = new LinkedHashMap<>();
    private final Set<String> names;

    /**
     * A property, or all properties of a kind.
     *
     * @param quoted how the name is written, with its quotes
     */
    record Property(Language quoted, Located schema, boolean required) {}

    ObjectProperties(Facets.Objects objects, String path, SchemaResolver resolver) {
        this.objects = objects;
        this.path = path;
        this.allowed = allowed(objects.names(), path + "/propertyNames", resolver);
        this.names = new LinkedHashSet<>(objects.properties().keySet());
        names.addAll(objects.required());
        if (names.size() > MAX_NAMED) {
            throw new FormatException("%s/properties has more than %d properties".formatted(path, MAX_NAMED));
        }
        for (String pattern : objects.patterns().keySet()) {
            patterns.put(pattern, Refusals.at(patternPath(pattern), () -> Regex.search(pattern)));
        }
    }

    private String patternPath(String pattern) {
        return "%s/patternProperties/%s".formatted(path, pattern);
    }

    /** Names that {@code propertyNames} allows. */
    private static Language allowed(List<JsonNode> schemas, String path, SchemaResolver resolver) {
        Language allowed = Language.ANY;
        for (JsonNode schema : schemas) {
            List<Language> alternatives = new ArrayList<>();
            for (Facets facets : resolver.alternatives(new Located(schema, path))) {
                if (facets.types() == null || facets.types().contains(JsonType.STRING)) {
                    Language values = StringLanguage.values(facets.strings(), path);
                    alternatives.add(facets.values() == null ? values : values.and(strings(facets.values())));
                }
            }
            allowed = allowed.and(Language.union(alternatives));
        }
        return allowed;
    }

    private static Language strings(List<JsonNode> values) {
        return Language.union(values.stream()
                .filter(JsonNode::isString)
                .map(value -> Language.of(value.stringValue()))
                .toList());
    }

    /** The properties that the schema names, in its order. */
    List<Property> named() {
        List<Property> named = new ArrayList<>();
        for (String name : names) {
            boolean required = objects.required().contains(name);
            if (allowed == Language.ANY || allowed.contains(name)) {
                Language quoted =
                        Language.of(JsonNodeFactory.instance.stringNode(name).toString());
                named.add(new Property(quoted, schema(name), required));
            } else if (required) {
                throw new FormatException("%s/required has '%s', which propertyNames forbids".formatted(path, name));
            }
        }
        return named;
    }

    private Located schema(String name) {
        List<JsonNode> schemas = new ArrayList<>();
        JsonNode own = objects.properties().get(name);
        if (own != null) {
            schemas.add(own);
        }
        patterns.forEach((pattern, matching) -> {
            if (matching.contains(name)) {
                schemas.add(objects.patterns().get(pattern));
            }
        });
        if (schemas.isEmpty()) {
            schemas.add(objects.others() == null ? ANYTHING : objects.others());
        }
        return new Located(
                schemas.stream().reduce(Facets::both).orElseThrow(), "%s/properties/%s".formatted(path, name));
    }

    /** Kinds of properties that the schema does not name. A name that matches two patterns belongs to no kind. */
    List<Property> others() {
        List<Property> others = new ArrayList<>();
        for (String pattern : patterns.keySet()) {
            List<Language> excluded = new ArrayList<>(patterns.values());
            excluded.remove(patterns.get(pattern));
            Located schema = new Located(objects.patterns().get(pattern), patternPath(pattern));
            others.add(new Property(
                    Refusals.at(schema.path(), () -> quoted(patterns.get(pattern), excluded)), schema, false));
        }
        boolean open = objects.others() != null || objects.properties().isEmpty() && patterns.isEmpty();
        JsonNode schema = objects.others() == null ? ANYTHING : objects.others();
        if (open && !(schema.isBoolean() && !schema.booleanValue())) {
            String place = path + "/additionalProperties";
            others.add(new Property(
                    Refusals.at(place, () -> quoted(Language.ANY, List.copyOf(patterns.values()))),
                    new Located(schema, place),
                    false));
        }
        return others;
    }

    private Language quoted(Language kind, List<Language> excluded) {
        if (names.isEmpty() && excluded.isEmpty() && kind == Language.ANY && allowed == Language.ANY) {
            return JsonString.ANY;
        }
        List<Language> all = new ArrayList<>(excluded);
        names.forEach(name -> all.add(Language.of(name)));
        return JsonString.of(kind.and(allowed).minus(Language.union(all)));
    }
}
