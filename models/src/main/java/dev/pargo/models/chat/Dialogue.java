package dev.pargo.models.chat;

import dev.pargo.models.chat.DialogueMessage.Call;
import dev.pargo.models.chat.DialogueMessage.Part;
import dev.pargo.models.chat.DialogueMessage.Picture;
import dev.pargo.models.chat.DialogueMessage.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.node.StringNode;

/**
 * A conversation to be answered.
 *
 * @param messages  at least one
 * @param tools     what the answer may call: JSON objects in OpenAI's form
 * @param continues whether the last message, which is an assistant's, is continued instead of answered
 */
public record Dialogue(List<DialogueMessage> messages, List<String> tools, boolean continues) {

    public Dialogue {
        messages = List.copyOf(messages);
        tools = List.copyOf(tools);
    }

    /** Without tools, to be answered. */
    public static Dialogue of(DialogueMessage... messages) {
        return new Dialogue(List.of(messages), List.of(), false);
    }

    /** Number of pictures. */
    int pictures() {
        return (int) messages.stream()
                .flatMap(message -> message.content().stream())
                .filter(Picture.class::isInstance)
                .count();
    }

    /** All strings that users or models have written. */
    Stream<String> strings() {
        return Stream.concat(
                tools.stream(),
                messages.stream()
                        .flatMap(message -> Stream.of(
                                        Stream.of(message.callId(), message.name()),
                                        message.content().stream()
                                                .map(part -> part instanceof Text text ? text.text() : ""),
                                        message.calls().stream()
                                                .flatMap(call -> Stream.of(call.id(), call.name(), call.arguments())))
                                .flatMap(strings -> strings)));
    }

    /**
     * The same for a model without tools: calls become text of the assistant, and the answers of tools become text of
     * the user.
     */
    Dialogue withToolsAsText() {
        List<DialogueMessage> plain = messages.stream()
                .map(message -> message.is(DialogueMessage.TOOL)
                        ? new DialogueMessage(DialogueMessage.USER, message.content())
                        : new DialogueMessage(message.role(), withCallsAsText(message)))
                .toList();
        return new Dialogue(plain, List.of(), continues);
    }

    private static List<Part> withCallsAsText(DialogueMessage message) {
        if (message.calls().isEmpty()) {
            return message.content();
        }
        String calls = message.calls().stream().map(Dialogue::text).collect(Collectors.joining("\n"));
        return joined(message.content(), List.of(new Text(calls)));
    }

    private static String text(Call call) {
        return "{\"name\": %s, \"arguments\": %s}"
                .formatted(StringNode.valueOf(call.name()), call.arguments().isEmpty() ? "{}" : call.arguments());
    }

    /**
     * The same as turns: at most one system message, which comes first, then the user and the assistant alternately,
     * beginning with the user. Messages of one speaker that follow each other are joined by line feeds. If a turn of
     * the user is missing, its message is empty. Expects a conversation without tools.
     */
    Dialogue inTurns() {
        List<DialogueMessage> turns = new ArrayList<>();
        List<Part> instructions = List.of();
        for (DialogueMessage message : messages) {
            if (message.is(DialogueMessage.SYSTEM)) {
                instructions = joined(instructions, message.content());
                continue;
            }
            DialogueMessage last = turns.isEmpty() ? null : turns.get(turns.size() - 1);
            if (last != null && last.is(message.role())) {
                turns.set(
                        turns.size() - 1, new DialogueMessage(last.role(), joined(last.content(), message.content())));
            } else {
                if (last == null && message.is(DialogueMessage.ASSISTANT)) {
                    turns.add(DialogueMessage.text(DialogueMessage.USER, ""));
                }
                turns.add(message);
            }
        }
        if (turns.isEmpty() || turns.get(turns.size() - 1).is(DialogueMessage.ASSISTANT) && !continues) {
            turns.add(DialogueMessage.text(DialogueMessage.USER, ""));
        }
        if (!instructions.isEmpty()) {
            turns.add(0, new DialogueMessage(DialogueMessage.SYSTEM, instructions));
        }
        return new Dialogue(turns, tools, continues);
    }

    /**
     * The same for a model without system instructions: they are put before the user's first message. Expects turns.
     */
    Dialogue withInstructionsInQuestion() {
        DialogueMessage first = messages.get(0);
        if (!first.is(DialogueMessage.SYSTEM)) {
            return this;
        }
        DialogueMessage question = messages.get(1);
        List<Part> content = new ArrayList<>(first.content());
        content.add(new Text("\n\n"));
        content.addAll(question.content());
        List<DialogueMessage> others = new ArrayList<>(messages.subList(1, messages.size()));
        others.set(0, new DialogueMessage(DialogueMessage.USER, content));
        return new Dialogue(others, tools, continues);
    }

    /** Both contents, one after the other. A line feed joins the texts where they meet. */
    private static List<Part> joined(List<Part> first, List<Part> second) {
        List<Part> both = new ArrayList<>(first);
        if (!first.isEmpty()
                && !second.isEmpty()
                && first.get(first.size() - 1) instanceof Text end
                && second.get(0) instanceof Text begin) {
            both.set(both.size() - 1, new Text(end.text() + "\n" + begin.text()));
            both.addAll(second.subList(1, second.size()));
        } else {
            both.addAll(second);
        }
        return both;
    }
}
