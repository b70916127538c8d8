package dev.pargo.llm.constraint.schema;

import static dev.pargo.llm.constraint.grammar.Grammar.END;

import dev.pargo.llm.constraint.language.FormatException;
import dev.pargo.llm.constraint.schema.SchemaResolver.Located;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Compiles a schema's conditions for an array, with a node for each number of items that makes a difference. */
final class ArrayCompiler {

    /** Largest number of items. A larger upper bound is reduced to this; a larger lower bound is refused. */
    static final int MAX_ITEMS = 1_000;

    private final Facets.Arrays arrays;
    private final String path;
    private final SchemaCompiler schemas;
    private final JsonTerminals terminals;

    ArrayCompiler(Facets.Arrays arrays, String path, SchemaCompiler schemas, JsonTerminals terminals) {
        if (arrays.min() > MAX_ITEMS) {
            throw new FormatException("%s/minItems must be at most %d".formatted(path, MAX_ITEMS));
        }
        if (arrays.first().size() > MAX_ITEMS) {
            throw new FormatException("%s/prefixItems must have at most %d schemas".formatted(path, MAX_ITEMS));
        }
        this.arrays = arrays;
        this.path = path;
        this.schemas = schemas;
        this.terminals = terminals;
    }

    /** The node that the array begins with. */
    int compile() {
        int counted = Math.max(1, Math.max(arrays.min(), arrays.first().size()));
        int last = arrays.max() < 0 ? counted : Math.min(arrays.max(), Math.max(counted, MAX_ITEMS));
        int close = terminals.spacedSign("]", END);
        // From the last number of items back to none. Without a limit the last one leads to itself.
        int after = terminals.nodes().declare();
        List<Integer> ways = new ArrayList<>();
        if (last >= arrays.min()) {
            ways.add(close);
        }
        if (arrays.max() < 0) {
            ways.add(item(last, after));
        }
        terminals.nodes().define(after, terminals.nodes().choice(ways));
        for (int items = last - 1; items >= 0; items--) {
            int item = item(items, after);
            after = items >= arrays.min() ? terminals.nodes().choice(List.of(close, item)) : item;
        }
        return terminals.sign("[", after);
    }

    private int item(int index, int after) {
        boolean isFirst = index < arrays.first().size();
        JsonNode schema = isFirst ? arrays.first().get(index) : arrays.rest();
        Located located = new Located(
                schema == null ? JsonNodeFactory.instance.booleanNode(true) : schema,
                isFirst ? "%s/prefixItems/%d".formatted(path, index) : path + "/items");
        int item = terminals.space(terminals.nodes().call(schemas.rule(located), after));
        return index == 0 ? item : terminals.sign(",", item);
    }
}
