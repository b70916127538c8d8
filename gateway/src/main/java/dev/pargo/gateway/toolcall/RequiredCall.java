package dev.pargo.gateway.toolcall;

import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** JSON Schema of an answer that is nothing but one call of a tool: its name, and arguments by its parameters. */
public final class RequiredCall {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String REFERENCE = "$ref";

    private RequiredCall() {}

    /**
     * The schema. References within a tool's parameters stay within them.
     *
     * @param tools     that may be called, at least one: JSON in OpenAI's form
     * @param arguments the name of the field that has the arguments
     */
    public static String schema(List<String> tools, String arguments) {
        ObjectNode root = JSON.createObjectNode();
        ArrayNode calls = root.putArray("anyOf");
        for (String tool : tools) {
            JsonNode function = JSON.readTree(tool).path("function");
            ObjectNode parameters = JSON.createObjectNode().put("type", "object");
            if (function.path("parameters") instanceof ObjectNode given) {
                parameters.setAll(given);
            }
            refer(parameters, "#/anyOf/%d/properties/%s".formatted(calls.size(), arguments));
            ObjectNode call = calls.addObject().put("type", "object").put("additionalProperties", false);
            call.putArray("required").add(CallCandidate.NAME).add(arguments);
            ObjectNode properties = call.putObject("properties");
            properties.putObject(CallCandidate.NAME).set("const", function.path(CallCandidate.NAME));
            properties.set(arguments, parameters);
        }
        return root.toString();
    }

    /** Has references to places in a schema lead to its place in the whole one. */
    private static void refer(JsonNode schema, String place) {
        if (schema instanceof ObjectNode object
                && object.path(REFERENCE).asString("").startsWith("#")) {
            object.put(REFERENCE, place + object.path(REFERENCE).asString().substring(1));
        }
        schema.forEach(inner -> refer(inner, place));
    }
}
