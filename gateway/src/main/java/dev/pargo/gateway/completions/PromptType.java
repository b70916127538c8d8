package dev.pargo.gateway.completions;

import dev.pargo.gateway.json.JsonCursor;
import dev.pargo.gateway.json.Type;
import dev.pargo.gateway.json.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonToken;

/** A text, token ids, or a list of such prompts. */
final class PromptType implements Type<List<CompletionPrompt>> {

    private static final int MAX_PROMPTS = 256;
    private static final int MAX_IDS = 1 << 18;

    private static final Type<String> TEXT = Types.anyText();
    private static final Type<Long> ID = Types.whole(0, Integer.MAX_VALUE);
    private static final Type<List<Long>> IDS = Types.list(ID, 1, MAX_IDS, "ids");

    @Override
    public List<CompletionPrompt> read(JsonCursor json) {
        return switch (json.token()) {
            case VALUE_STRING -> List.of(text(TEXT.read(json)));
            case START_ARRAY -> list(json);
            default -> throw json.mustBe(words());
        };
    }

    /** A list of numbers is one prompt. */
    private static List<CompletionPrompt> list(JsonCursor json) {
        List<Object> items = Types.list(new Item(), 1, MAX_IDS, "ids").read(json);
        if (items.stream().allMatch(Integer.class::isInstance)) {
            return List.of(ids(items));
        }
        if (items.size() > MAX_PROMPTS) {
            throw json.invalid("may have at most %d prompts".formatted(MAX_PROMPTS));
        }
        List<CompletionPrompt> prompts = new ArrayList<>();
        for (Object item : items) {
            if (!(item instanceof CompletionPrompt prompt)) {
                throw json.mustBe("either token ids or a list of prompts");
            }
            prompts.add(prompt);
        }
        return prompts;
    }

    private static CompletionPrompt text(String text) {
        return new CompletionPrompt(text, List.of());
    }

    private static CompletionPrompt ids(List<?> ids) {
        return new CompletionPrompt(
                null, ids.stream().map(id -> ((Number) id).intValue()).toList());
    }

    @Override
    public String words() {
        return "string, list of token ids, or list of at most %d of either".formatted(MAX_PROMPTS);
    }

    @Override
    public Map<String, Object> schema() {
        return Map.of(
                "anyOf",
                List.of(
                        TEXT.schema(),
                        IDS.schema(),
                        Map.of("type", "array", "items", TEXT.schema(), "minItems", 1, "maxItems", MAX_PROMPTS),
                        Map.of("type", "array", "items", IDS.schema(), "minItems", 1, "maxItems", MAX_PROMPTS)));
    }

    /** A token id, or a prompt. */
    private record Item() implements Type<Object> {

        @Override
        public Object read(JsonCursor json) {
            return json.token() == JsonToken.VALUE_STRING
                    ? text(TEXT.read(json))
                    : json.token() == JsonToken.START_ARRAY
                            ? ids(IDS.read(json))
                            : (Object) ID.read(json).intValue();
        }

        @Override
        public String words() {
            return "token id or prompt";
        }

        @Override
        public Map<String, Object> schema() {
            return Map.of();
        }
    }
}
