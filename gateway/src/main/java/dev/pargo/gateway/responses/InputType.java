package dev.pargo.gateway.responses;

import dev.pargo.gateway.chat.ChatFields.Message;
import dev.pargo.gateway.chat.Content;
import dev.pargo.gateway.json.Field;
import dev.pargo.gateway.json.Fields;
import dev.pargo.gateway.json.JsonCursor;
import dev.pargo.gateway.json.Type;
import dev.pargo.gateway.json.Types;
import dev.pargo.gateway.json.Values;
import java.util.List;
import java.util.Map;

/** A text of the user, or a list of messages. */
final class InputType implements Type<List<Values>> {

    private static final int MAX_MESSAGES = 4096;

    private static final Fields ITEM = Message.ALL.and(
            Field.of("type", Types.word("message"), "message", "What the item is: only messages are taken."),
            Field.ignored("id", Types.anyText(), "Of an earlier answer."),
            Field.ignored("status", Types.text(100), "Of an earlier answer."));

    private static final Type<List<Values>> ITEMS = Types.list(Types.object(ITEM), 1, MAX_MESSAGES, "items");

    @Override
    public List<Values> read(JsonCursor json) {
        return switch (json.token()) {
            case VALUE_STRING ->
                List.of(Values.of(Message.ROLE, "user").with(Message.CONTENT, new Content(json.text(), null)));
            case START_ARRAY -> ITEMS.read(json);
            default -> throw json.mustBe(words());
        };
    }

    @Override
    public String words() {
        return "string or list of at most %d messages".formatted(MAX_MESSAGES);
    }

    @Override
    public Map<String, Object> schema() {
        return Map.of("anyOf", List.of(Map.of("type", "string"), ITEMS.schema()));
    }
}
