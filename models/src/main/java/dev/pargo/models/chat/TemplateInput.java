package dev.pargo.models.chat;

import dev.pargo.models.chat.DialogueMessage.Call;
import dev.pargo.models.chat.DialogueMessage.Part;
import dev.pargo.models.chat.DialogueMessage.Text;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A conversation in the form in which transformers passes it to chat templates: maps, lists and strings.
 *
 * @param hide applied to every string that users or models have written
 */
record TemplateInput(Dialogue conversation, UnaryOperator<String> hide) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Messages whose content is a list of parts. */
    List<Map<String, Object>> messagesOfParts() {
        return conversation.messages().stream()
                .map(message ->
                        map(message, message.content().stream().map(this::part).toList()))
                .toList();
    }

    /** Messages whose content is one string, with one line for each part. */
    List<Map<String, Object>> messagesOfText(String placeholder) {
        return conversation.messages().stream()
                .map(message -> map(
                        message,
                        message.content().stream()
                                .map(part -> part instanceof Text text ? hide.apply(text.text()) : placeholder)
                                .collect(Collectors.joining("\n"))))
                .toList();
    }

    /** The descriptions of the tools. */
    List<Object> tools() {
        return conversation.tools().stream().map(this::json).toList();
    }

    private Map<String, Object> part(Part part) {
        return part instanceof Text text
                ? Map.of("type", "text", "text", hide.apply(text.text()))
                : Map.of("type", "image");
    }

    private Map<String, Object> map(DialogueMessage message, Object content) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("role", message.role());
        map.put("content", content);
        if (!message.calls().isEmpty()) {
            map.put("tool_calls", message.calls().stream().map(this::call).toList());
        }
        if (!message.callId().isEmpty()) {
            map.put("tool_call_id", hide.apply(message.callId()));
        }
        if (!message.name().isEmpty()) {
            map.put("name", hide.apply(message.name()));
        }
        return map;
    }

    private Map<String, Object> call(Call call) {
        Map<String, Object> function = new LinkedHashMap<>();
        function.put("name", hide.apply(call.name()));
        function.put("arguments", json(call.arguments()));
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("id", hide.apply(call.id()));
        map.put("type", "function");
        map.put("function", function);
        return map;
    }

    /** The value of a JSON text. Text that is not JSON is returned as a string. */
    private @Nullable Object json(String text) {
        try {
            return hidden(JSON.readValue(text, Object.class));
        } catch (JacksonException isText) {
            return hide.apply(text);
        }
    }

    private @Nullable Object hidden(@Nullable Object value) {
        if (value instanceof String text) {
            return hide.apply(text);
        }
        if (value instanceof List<?> list) {
            return list.stream().map(this::hidden).collect(Collectors.toList());
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> hidden = new LinkedHashMap<>();
            map.forEach((key, inner) -> hidden.put(hide.apply(String.valueOf(key)), hidden(inner)));
            return hidden;
        }
        return value;
    }
}
