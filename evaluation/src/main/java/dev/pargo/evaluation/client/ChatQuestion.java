package dev.pargo.evaluation.client;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One question, with or without a picture.
 *
 * @param model      name of the model to ask
 * @param image      picture as a data URL, or null
 * @param parameters more fields of the request, such as {@code max_tokens}; null fields are left out
 */
public record ChatQuestion(String model, @Nullable String image, String text, Map<String, JsonNode> parameters) {

    public ChatQuestion {
        parameters = Map.copyOf(parameters);
    }

    /** The body of a request. */
    public ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("model", model);
        parameters.forEach((name, value) -> {
            if (!value.isNull()) {
                json.set(name, value);
            }
        });
        ObjectNode message = json.putArray("messages").addObject().put("role", "user");
        if (image == null) {
            message.put("content", text);
        } else {
            ArrayNode parts = message.putArray("content");
            parts.addObject().put("type", "image_url").putObject("image_url").put("url", image);
            parts.addObject().put("type", "text").put("text", text);
        }
        return json;
    }
}
