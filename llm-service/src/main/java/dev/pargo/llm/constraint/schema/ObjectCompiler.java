package dev.pargo.llm.constraint.schema;

import static dev.pargo.llm.constraint.grammar.Grammar.END;

import dev.pargo.llm.constraint.language.FormatException;
import dev.pargo.llm.constraint.schema.ObjectProperties.Property;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Compiles a schema's conditions for an object: first its named properties in the schema's order, where optional ones
 * may be missing, then other properties.
 */
final class ObjectCompiler {

    private final List<Property> named;
    private final List<Property> others;
    private final int min;
    private final int max;
    private final SchemaCompiler schemas;
    private final JsonTerminals terminals;
    private final Map<Position, Integer> positions = new HashMap<>();

    /** Whether the number of named properties, and of all properties, must be counted. */
    private final boolean countsNamed;

    private final boolean countsAll;

    /**
     * A position between two properties.
     *
     * @param next  the first named property that may come next
     * @param named number of named properties so far, as far as they are counted
     * @param all   number of properties so far, as far as they are counted
     * @param first whether there is no property yet
     */
    private record Position(int next, int named, int all, boolean first) {}

    ObjectCompiler(
            Facets.Objects objects,
            String path,
            SchemaCompiler schemas,
            SchemaResolver resolver,
            JsonTerminals terminals) {
        ObjectProperties properties = new ObjectProperties(objects, path, resolver);
        this.named = properties.named();
        this.others = properties.others();
        this.min = objects.min();
        this.max = objects.max();
        this.schemas = schemas;
        this.terminals = terminals;
        long required = named.stream().filter(Property::required).count();
        this.countsNamed = min > required;
        this.countsAll = max >= 0 && (!others.isEmpty() || max < named.size());
        // Other properties may repeat a name, so they do not count here.
        if (min > named.size()) {
            throw new FormatException(
                    "%s/minProperties is %d, but only %d properties have names".formatted(path, min, named.size()));
        }
    }

    /** The node that the object begins with. */
    int compile() {
        return terminals.sign("{", at(new Position(0, 0, 0, true)));
    }

    private int at(Position position) {
        Integer known = positions.get(position);
        if (known != null) {
            return known;
        }
        int node = terminals.nodes().declare();
        positions.put(position, node);
        List<Integer> ways = new ArrayList<>();
        if (position.next() < named.size() || !others.isEmpty()) {
            int property = property(position);
            ways.add(position.first() ? property : terminals.sign(",", property));
        }
        boolean complete = named.stream().skip(position.next()).noneMatch(Property::required);
        if (complete && (!countsNamed || position.named() >= min)) {
            ways.add(terminals.spacedSign("}", END));
        }
        terminals.nodes().define(node, terminals.nodes().choice(ways));
        return node;
    }

    /** The next property: the first named one, or one after it if that is optional. */
    private int property(Position position) {
        if (countsAll && position.all() == max) {
            return terminals.nodes().choice(List.of());
        }
        List<Integer> ways = new ArrayList<>();
        int next = position.next();
        boolean optional = true;
        while (optional && next < named.size()) {
            Property property = named.get(next++);
            ways.add(property(property, new Position(next, named(position), all(position), false)));
            optional = !property.required();
        }
        if (optional) {
            for (Property other : others) {
                ways.add(property(other, new Position(named.size(), position.named(), all(position), false)));
            }
        }
        return terminals.nodes().choice(ways);
    }

    private int property(Property property, Position after) {
        return terminals.key(property.quoted(), terminals.nodes().call(schemas.rule(property.schema()), at(after)));
    }

    private int named(Position position) {
        return countsNamed ? Math.min(min, position.named() + 1) : 0;
    }

    private int all(Position position) {
        return countsAll ? position.all() + 1 : 0;
    }
}
