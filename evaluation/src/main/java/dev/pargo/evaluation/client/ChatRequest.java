package dev.pargo.evaluation.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One question, with or without a picture and a conversation before it.
 *
 * @param model      name of the model to ask
 * @param image      picture as a data URL, or null; belongs to the conversation's first question
 * @param text       the question
 * @param before     the questions and answers before this one, in order
 * @param parameters more fields of the request, such as {@code max_tokens}; null fields are left out
 */
public record ChatRequest(
        String model, @Nullable String image, String text, List<Turn> before, Map<String, JsonNode> parameters) {

    /** An answered question. */
    public record Turn(String question, String answer) {}

    public ChatRequest {
        before = List.copyOf(before);
        parameters = Map.copyOf(parameters);
    }

    /** A question that begins a conversation. */
    public ChatRequest(String model, @Nullable String image, String text, Map<String, JsonNode> parameters) {
        this(model, image, text, List.of(), parameters);
    }

    /** The next question of the conversation, after this one has been answered. */
    public ChatRequest then(String answer, String next) {
        List<Turn> turns = new ArrayList<>(before);
        turns.add(new Turn(text, answer));
        return new ChatRequest(model, image, next, turns, parameters);
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
        ArrayNode messages = json.putArray("messages");
        for (Turn turn : before) {
            ask(messages, turn.question());
            messages.addObject().put("role", "assistant").put("content", turn.answer());
        }
        ask(messages, text);
        return json;
    }

    private void ask(ArrayNode messages, String question) {
        boolean showsPicture = image != null && messages.isEmpty();
        ObjectNode message = messages.addObject().put("role", "user");
        if (showsPicture) {
            ArrayNode parts = message.putArray("content");
            parts.addObject().put("type", "image_url").putObject("image_url").put("url", image);
            parts.addObject().put("type", "text").put("text", question);
        } else {
            message.put("content", question);
        }
    }
}
