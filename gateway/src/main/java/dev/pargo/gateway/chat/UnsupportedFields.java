package dev.pargo.gateway.chat;

import dev.pargo.gateway.error.GatewayException;
import java.util.Map;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/**
 * Fields of OpenAI's format, and of vLLM's, that would change the answer and that are not implemented. A request that uses one is
 * refused instead of answered wrongly; at their neutral values they are ignored, as is every field not named here.
 */
final class UnsupportedFields {

    private static final Predicate<JsonNode> EMPTY = JsonNode::isEmpty;
    private static final Predicate<JsonNode> FALSE = value -> value.isBoolean() && !value.booleanValue();
    private static final Predicate<JsonNode> NEVER = value -> false;

    private static final Map<String, Predicate<JsonNode>> NEUTRAL = Map.ofEntries(
            Map.entry("tools", EMPTY),
            Map.entry("functions", EMPTY),
            Map.entry("guided_grammar", NEVER),
            Map.entry("guided_whitespace_pattern", NEVER),
            Map.entry("grammar", NEVER),
            Map.entry("json_schema", NEVER),
            Map.entry("bad_words", EMPTY),
            Map.entry("allowed_token_ids", NEVER),
            Map.entry("include_stop_str_in_output", FALSE),
            Map.entry("prompt_logprobs", NEVER),
            Map.entry("echo", FALSE),
            Map.entry("continue_final_message", FALSE),
            Map.entry("chat_template", NEVER),
            Map.entry(
                    "modalities",
                    value -> value.size() == 1 && value.get(0).asString("").equals("text")),
            Map.entry("audio", NEVER),
            Map.entry("web_search_options", NEVER));

    private UnsupportedFields() {}

    /** Refuses the first field that would change the answer. */
    static void refuse(Map<String, JsonNode> fields) {
        fields.forEach((name, value) -> {
            if (!value.isNull() && !NEUTRAL.getOrDefault(name, any -> true).test(value)) {
                throw GatewayException.invalid(name, "unsupported_value", name + " is not supported with this value");
            }
        });
    }
}
