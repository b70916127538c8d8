package dev.pargo.evaluation.client;

import java.io.IOException;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One question, with or without a picture.
 *
 * @param model     name of the model to ask
 * @param image     picture as a data URL, or null
 * @param maxTokens most tokens of the answer, or null for the model's default
 */
public record ChatQuestion(
        @Nullable String model,
        @Nullable String image,
        String text,
        @Nullable Integer maxTokens) {

    /** A picture file as a data URL. */
    public static String dataUrl(Path image) throws IOException {
        String type = Optional.ofNullable(URLConnection.guessContentTypeFromName(
                        image.getFileName().toString()))
                .orElse("image/png");
        return "data:%s;base64,%s".formatted(type, Base64.getEncoder().encodeToString(Files.readAllBytes(image)));
    }

    ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("model", model);
        if (maxTokens != null) {
            json.put("max_tokens", maxTokens);
        }
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
