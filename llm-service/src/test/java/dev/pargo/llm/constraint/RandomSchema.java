package dev.pargo.llm.constraint;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Random combinations of all supported keywords that some value satisfies. */
final class RandomSchema {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final List<String> PATTERNS =
            List.of("^[a-c]+$", "^x", "z$", "[0-9]{2}", "^(ab|cd){1,3}$", "^\\\\w*$", "\\\"");

    private final Random random;

    RandomSchema(long seed) {
        random = new Random(seed);
    }

    JsonNode next() {
        ObjectNode root = schema(3);
        ObjectNode definitions = root.putObject("$defs");
        definitions.set("leaf", leaf());
        ObjectNode list = definitions.putObject("list").put("type", "object");
        list.putObject("properties").set("head", leaf());
        ((ObjectNode) list.get("properties")).putObject("tail").put("$ref", "#/$defs/list");
        return root;
    }

    private ObjectNode schema(int depth) {
        ObjectNode schema = switch (random.nextInt(depth > 0 ? 9 : 4)) {
            case 0, 1, 2 -> leaf();
            case 3 -> NODES.objectNode().put("$ref", "#/$defs/" + (random.nextBoolean() ? "leaf" : "list"));
            case 4 -> array(depth - 1);
            case 5 -> combined("anyOf", depth - 1);
            case 6 -> both(depth - 1);
            default -> object(depth - 1);
        };
        if (random.nextInt(4) == 0) {
            schema.put("description", "any text");
        }
        return schema;
    }

    private ObjectNode leaf() {
        ObjectNode leaf = NODES.objectNode();
        switch (random.nextInt(6)) {
            case 0 -> {
                int min = random.nextInt(200) - 100;
                leaf.put("type", "integer").put("minimum", min).put("maximum", min + 7 + random.nextInt(2000));
                if (random.nextBoolean()) {
                    leaf.put("multipleOf", 1 + random.nextInt(7));
                }
            }
            case 1 -> {
                double min = random.nextInt(2000) / 100.0 - 10;
                leaf.put("type", "number");
                leaf.put(random.nextBoolean() ? "minimum" : "exclusiveMinimum", min);
                leaf.put(
                        random.nextBoolean() ? "maximum" : "exclusiveMaximum",
                        min + 0.02 + random.nextInt(300) / 100.0);
            }
            case 2 -> {
                int min = random.nextInt(4);
                leaf.put("type", "string").put("minLength", min).put("maxLength", min + random.nextInt(6));
            }
            case 3 ->
                leaf.put("type", "string")
                        .put("pattern", PATTERNS.get(random.nextInt(PATTERNS.size())))
                        .put("maxLength", 6 + random.nextInt(6));
            case 4 -> {
                ArrayNode values = leaf.putArray("enum");
                values.add("v" + random.nextInt(10)).add(random.nextInt(50)).addNull();
                values.add(NODES.objectNode().put("k", random.nextBoolean()));
            }
            default -> leaf.putArray("type").add("boolean").add("null");
        }
        return leaf;
    }

    private ObjectNode object(int depth) {
        ObjectNode object = NODES.objectNode().put("type", "object");
        ObjectNode properties = object.putObject("properties");
        List<String> names = new ArrayList<>();
        for (int i = random.nextInt(5); i >= 0; i--) {
            names.add("p" + i);
            properties.set("p" + i, schema(depth));
        }
        ArrayNode required = object.putArray("required");
        names.stream().filter(name -> random.nextBoolean()).forEach(required::add);
        switch (random.nextInt(4)) {
            case 0 -> object.put("additionalProperties", false);
            case 1 -> object.set("additionalProperties", leaf());
            case 2 ->
                object.put("minProperties", random.nextInt(names.size() + 1)).put("maxProperties", names.size());
            default -> object.putObject("patternProperties").set("^x", leaf());
        }
        return object;
    }

    private ObjectNode array(int depth) {
        ObjectNode array = NODES.objectNode().put("type", "array");
        int min = random.nextInt(3);
        if (random.nextBoolean()) {
            array.put("minItems", min);
        }
        if (random.nextBoolean()) {
            array.put("maxItems", min + random.nextInt(4));
        }
        if (random.nextInt(3) == 0) {
            array.putArray("prefixItems").add(leaf()).add(leaf());
        }
        array.set("items", schema(depth));
        return array;
    }

    private ObjectNode combined(String keyword, int depth) {
        ObjectNode combined = NODES.objectNode();
        combined.putArray(keyword).add(schema(depth)).add(leaf());
        return combined;
    }

    /** Two objects in one. */
    private ObjectNode both(int depth) {
        ObjectNode both = NODES.objectNode();
        ObjectNode first = NODES.objectNode().put("type", "object");
        first.putObject("properties").set("a", schema(depth));
        ObjectNode second = NODES.objectNode();
        second.putArray("required").add("a");
        second.putObject("properties").set("b", leaf());
        both.putArray("allOf").add(first).add(second);
        return both;
    }
}
