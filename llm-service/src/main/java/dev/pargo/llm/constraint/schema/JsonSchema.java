package dev.pargo.llm.constraint.schema;

import dev.pargo.llm.constraint.grammar.Grammar;
import dev.pargo.llm.constraint.language.FormatException;
import java.util.BitSet;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Converts a JSON Schema to a grammar of JSON texts, as Outlines, XGrammar and llguidance do. Every text of the grammar
 * is valid by the schema, but it does not contain every valid text:
 *
 * <ul>
 *   <li>properties come in the order of the schema, then those that it does not name; where a schema with properties does
 *       not mention {@code additionalProperties} there are none, as in OpenAI's strict mode;
 *   <li>between tokens there is nothing, a space, or a line feed with an indentation;
 *   <li>numbers have at most {@value NumberLanguage#MAX_DIGITS} digits on each side of the point;
 *   <li>objects and arrays nest at most {@value Grammar#MAX_NESTED} deep.
 * </ul>
 *
 * Keywords that are not supported are refused with their path in the schema.
 */
public final class JsonSchema {

    private static final int MAX_LENGTH = 256 << 10;
    private static final int MAX_NESTED = 100;
    private static final int MAX_NODES = 100_000;

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_NESTED)
                            .build())
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private JsonSchema() {}

    /**
     * The grammar of a schema.
     *
     * @param spellable bytes that texts may contain
     * @throws FormatException naming what is not supported
     */
    public static Grammar compile(String schema, BitSet spellable) {
        if (schema.length() > MAX_LENGTH) {
            throw new FormatException("is longer than %d characters".formatted(MAX_LENGTH));
        }
        JsonNode root;
        try {
            root = JSON.readTree(schema);
        } catch (JacksonException e) {
            throw new FormatException("is not well-formed JSON, or nests more than %d deep".formatted(MAX_NESTED));
        }
        return compile(root, spellable);
    }

    /** The grammar of all JSON objects. */
    public static Grammar anyObject(BitSet spellable) {
        return compile(JsonNodeFactory.instance.objectNode().put("type", "object"), spellable);
    }

    private static Grammar compile(JsonNode root, BitSet spellable) {
        Grammar.Builder nodes = new Grammar.Builder(MAX_NODES);
        int start = new SchemaCompiler(root, new JsonTerminals(nodes, spellable)).compile();
        return nodes.build(start);
    }
}
