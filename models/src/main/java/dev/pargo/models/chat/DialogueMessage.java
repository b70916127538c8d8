package dev.pargo.models.chat;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A message of a conversation.
 *
 * @param role    system, user, assistant or tool
 * @param content pictures and texts in order
 * @param calls   calls that an assistant asked for
 * @param callId  the call that a tool's message answers; empty if none is named
 * @param name    of the speaker or the tool; empty if it has none
 */
public record DialogueMessage(String role, List<Part> content, List<Call> calls, String callId, String name) {

    public static final String SYSTEM = "system";
    public static final String USER = "user";
    public static final String ASSISTANT = "assistant";
    public static final String TOOL = "tool";

    /** A part of a message. */
    public sealed interface Part {}

    /** A picture. The pictures of a conversation are numbered in the order of their appearance. */
    public record Picture() implements Part {}

    /** A text. */
    public record Text(String text) implements Part {}

    /**
     * A call of a tool.
     *
     * @param arguments a JSON object
     */
    public record Call(String id, String name, String arguments) {}

    public DialogueMessage {
        content = List.copyOf(content);
        calls = List.copyOf(calls);
    }

    public DialogueMessage(String role, List<Part> content) {
        this(role, content, List.of(), "", "");
    }

    /** A message without pictures. */
    public static DialogueMessage text(String role, String text) {
        return new DialogueMessage(role, List.of(new Text(text)));
    }

    /** A question about a picture. */
    public static DialogueMessage question(String text) {
        return new DialogueMessage(USER, List.of(new Picture(), new Text(text)));
    }

    boolean is(String speaker) {
        return role.equals(speaker);
    }

    /** All texts, one on each line. */
    String words() {
        return content.stream()
                .filter(Text.class::isInstance)
                .map(part -> ((Text) part).text())
                .collect(Collectors.joining("\n"));
    }
}
