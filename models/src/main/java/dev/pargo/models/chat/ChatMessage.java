package dev.pargo.models.chat;

import java.util.List;
import java.util.Map;

/**
 * A message of a conversation.
 *
 * @param role    system, user or assistant
 * @param content pictures and texts in order
 */
public record ChatMessage(String role, List<Part> content) {

    /** A part of a message. */
    public sealed interface Part {}

    /** A picture. */
    public record Picture() implements Part {}

    /** A text. */
    public record Text(String text) implements Part {}

    public ChatMessage {
        content = List.copyOf(content);
    }

    /** A message without pictures. */
    public static ChatMessage text(String role, String text) {
        return new ChatMessage(role, List.of(new Text(text)));
    }

    /** A question about a picture. */
    public static ChatMessage question(String text) {
        return new ChatMessage("user", List.of(new Picture(), new Text(text)));
    }

    /** As templates read it. */
    Map<String, Object> toMap() {
        return Map.of(
                "role",
                role,
                "content",
                content.stream().map(ChatMessage::toMap).toList());
    }

    private static Map<String, Object> toMap(Part part) {
        return part instanceof Text text ? Map.of("type", "text", "text", text.text()) : Map.of("type", "image");
    }
}
