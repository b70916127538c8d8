package dev.pargo.gateway.chat;

import dev.pargo.gateway.decoding.Bounds;
import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.toolcall.ToolCallRules;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Whether an answer may call tools.
 *
 * @param name of the only tool that may be called; empty for any
 */
record ToolChoice(Rule rule, String name) {

    static final String FIELD = "tool_choice";

    enum Rule {
        /** The model decides. */
        AUTO,
        NONE,
        /** The answer is a call. */
        CALL
    }

    /**
     * Reads the field.
     *
     * @throws GatewayException INVALID_REQUEST if it is something else
     */
    static ToolChoice of(String given) {
        return switch (given) {
            case "auto" -> new ToolChoice(Rule.AUTO, "");
            case "none" -> new ToolChoice(Rule.NONE, "");
            case "required" -> new ToolChoice(Rule.CALL, "");
            default -> new ToolChoice(Rule.CALL, name(given));
        };
    }

    private static String name(String given) {
        try {
            JsonNode choice = JsonMapper.shared().readTree(given);
            String name = choice.path("function").path("name").asString("");
            if (choice.path("type").asString("").equals("function") && !name.isEmpty()) {
                return name;
            }
        } catch (JacksonException isNoJson) {
            // Refused below.
        }
        throw Bounds.invalid(
                FIELD,
                "tool_choice must be auto, none, required or {\"type\": \"function\", \"function\": {\"name\": ...}}");
    }

    boolean is(Rule other) {
        return rule == other;
    }

    /**
     * The tools that the answer may be a call of.
     *
     * @param tools JSON in OpenAI's form
     * @throws GatewayException INVALID_REQUEST if there is none
     */
    List<String> among(List<String> tools) {
        List<String> chosen = tools.stream()
                .filter(tool ->
                        name.isEmpty() ? !ToolCallRules.name(tool).isEmpty() : name.equals(ToolCallRules.name(tool)))
                .toList();
        if (chosen.isEmpty()) {
            throw Bounds.invalid(
                    FIELD, name.isEmpty() ? "tool_choice needs tools" : "tool_choice must name one of tools");
        }
        return chosen;
    }
}
