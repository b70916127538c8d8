package dev.pargo.llm.constraint.schema;

import static dev.pargo.llm.constraint.grammar.Grammar.END;

import dev.pargo.llm.constraint.language.FormatException;
import dev.pargo.llm.constraint.language.Language;
import dev.pargo.llm.constraint.schema.SchemaResolver.Located;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Compiles schemas to rules of a grammar. Equal schemas share a rule, so that the compilation of recursive schemas
 * ends. The text of a rule is the value itself, without whitespace around it.
 */
final class SchemaCompiler {

    private static final int MAX_NESTED = 200;

    private final JsonNode root;
    private final SchemaResolver resolver;
    private final JsonTerminals terminals;
    private final Map<JsonNode, Integer> rules = new HashMap<>();
    private final Map<Facets.Strings, Language> strings = new HashMap<>();
    private int nested;

    SchemaCompiler(JsonNode root, JsonTerminals terminals) {
        this.root = root;
        this.resolver = new SchemaResolver(root);
        this.terminals = terminals;
    }

    /** The node that the texts of the whole schema begin with. */
    int compile() {
        int rule = rule(new Located(root, "#"));
        if (!terminals.nodes().isProductive(rule)) {
            throw new FormatException("# has no value of a finite size that the model can write");
        }
        return terminals.firstSpace(rule);
    }

    /** The rule of a schema: a node that ends with the rule's end. */
    int rule(Located located) {
        Integer known = rules.get(located.schema());
        if (known != null) {
            return known;
        }
        if (++nested > MAX_NESTED) {
            throw new FormatException("%s nests more than %d deep".formatted(located.path(), MAX_NESTED));
        }
        int rule = terminals.nodes().declare();
        rules.put(located.schema(), rule);
        terminals.nodes().define(rule, body(located));
        nested--;
        return rule;
    }

    private int body(Located located) {
        if (SchemaResolver.hasOnly(located.schema(), "$ref")) {
            return rule(resolver.target(located));
        }
        if (SchemaResolver.hasOnly(located.schema(), "anyOf")) {
            return terminals
                    .nodes()
                    .choice(SchemaResolver.parts(located, "anyOf").stream()
                            .map(this::rule)
                            .toList());
        }
        return terminals
                .nodes()
                .choice(resolver.alternatives(located).stream()
                        .map(facets -> value(facets, located.path()))
                        .toList());
    }

    private int value(Facets facets, String path) {
        if (facets.values() != null) {
            return literals(facets, facets.values(), path);
        }
        Set<JsonType> types = facets.types() == null ? JsonType.all() : facets.types();
        return terminals
                .nodes()
                .choice(types.stream().map(type -> ofType(type, facets, path)).toList());
    }

    private int ofType(JsonType type, Facets facets, String path) {
        return switch (type) {
            case OBJECT -> new ObjectCompiler(facets.objects(), path, this, resolver, terminals).compile();
            case ARRAY -> new ArrayCompiler(facets.arrays(), path, this, terminals).compile();
            case STRING ->
                terminals.text(
                        strings.computeIfAbsent(facets.strings(), missing -> StringLanguage.quoted(missing, path)),
                        END);
            case NUMBER, INTEGER -> terminals.text(number(type, facets, path), END);
            case BOOLEAN ->
                terminals.nodes().choice(List.of(terminals.sign("true", END), terminals.sign("false", END)));
            case NULL -> terminals.sign("null", END);
        };
    }

    private static Language number(JsonType type, Facets facets, String path) {
        Language numbers = Refusals.at(
                path,
                () -> type == JsonType.INTEGER
                        ? NumberLanguage.integers(facets.range())
                        : NumberLanguage.numbers(facets.range()));
        for (BigDecimal factor : facets.factors()) {
            Language some = numbers;
            numbers = Refusals.at(path + "/multipleOf", () -> NumberLanguage.multiples(some, factor));
        }
        return numbers;
    }

    private int literals(Facets facets, List<JsonNode> values, String path) {
        List<Language> literals = new ArrayList<>();
        for (JsonNode value : values) {
            if (satisfies(value, facets, path)) {
                literals.add(Language.of(value.toString()));
            }
        }
        return terminals.text(Refusals.at(path + "/enum", () -> Language.union(literals)), END);
    }

    /** Whether a value of {@code enum} or {@code const} satisfies the schema's other keywords. */
    private static boolean satisfies(JsonNode value, Facets facets, String path) {
        if (facets.types() != null && facets.types().stream().noneMatch(type -> type.includes(value))) {
            return false;
        }
        if (value.isString()) {
            return facets.strings().equals(Facets.Strings.NONE)
                    || StringLanguage.values(facets.strings(), path).contains(value.stringValue());
        }
        if (value.isNumber()) {
            return facets.range().contains(value.decimalValue())
                    && facets.factors().stream()
                            .allMatch(factor ->
                                    value.decimalValue().remainder(factor).signum() == 0);
        }
        boolean free = value.isArray()
                ? facets.arrays().equals(Facets.Arrays.NONE)
                : !value.isObject() || facets.objects().equals(Facets.Objects.NONE);
        if (!free) {
            throw new FormatException(
                    "%s has objects or arrays in enum or const beside other keywords for them, which is not supported"
                            .formatted(path));
        }
        return true;
    }
}
