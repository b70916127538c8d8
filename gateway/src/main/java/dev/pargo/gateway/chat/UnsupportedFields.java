package dev.pargo.gateway.chat;

import dev.pargo.gateway.error.GatewayException;
import java.util.Map;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/**
 * Fields of OpenAI's format that would change the answer and that are not implemented. A request that uses one is
 * refused instead of answered wrongly; at their neutral values they are ignored, as is every field not named here.
 */
final class UnsupportedFields {

    private static final Predicate<JsonNode> EMPTY = JsonNode::isEmpty;
    private static final Predicate<JsonNode> FALSE = value -> value.isBoolean() && !value.booleanValue();
    private static final Predicate<JsonNode> ZERO = value -> value.isNumber() && value.doubleValue() == 0;

    private static final Map<String, Predicate<JsonNode>> NEUTRAL = Map.ofEntries(
            Map.entry("n", value -> value.isNumber() && value.doubleValue() == 1),
            Map.entry("tools", EMPTY),
            Map.entry("functions", EMPTY),
            Map.entry("logit_bias", EMPTY),
            Map.entry("logprobs", FALSE),
            Map.entry("top_logprobs", ZERO),
            Map.entry("presence_penalty", ZERO),
            Map.entry("frequency_penalty", ZERO),
            Map.entry(
                    "response_format", value -> value.path("type").asString("").equals("text")),
            Map.entry(
                    "modalities",
                    value -> value.size() == 1 && value.get(0).asString("").equals("text")),
            Map.entry("audio", value -> false),
            Map.entry("web_search_options", value -> false));

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
