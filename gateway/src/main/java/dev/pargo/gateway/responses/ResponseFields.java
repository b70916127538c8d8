package dev.pargo.gateway.responses;

import static dev.pargo.gateway.json.Types.anyText;
import static dev.pargo.gateway.json.Types.bool;
import static dev.pargo.gateway.json.Types.json;
import static dev.pargo.gateway.json.Types.jsonOrText;
import static dev.pargo.gateway.json.Types.list;
import static dev.pargo.gateway.json.Types.map;
import static dev.pargo.gateway.json.Types.object;
import static dev.pargo.gateway.json.Types.only;
import static dev.pargo.gateway.json.Types.skipped;
import static dev.pargo.gateway.json.Types.text;
import static dev.pargo.gateway.json.Types.whole;
import static dev.pargo.gateway.json.Types.wholeOrOff;
import static dev.pargo.gateway.json.Types.word;

import dev.pargo.gateway.decoding.DecodingFields;
import dev.pargo.gateway.exchange.RequestFields;
import dev.pargo.gateway.json.Field;
import dev.pargo.gateway.json.Fields;
import dev.pargo.gateway.json.Values;
import dev.pargo.proto.RequestBounds;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonToken;

/** Every field of a request for a response, once: reading, checks and documentation come from here. */
public final class ResponseFields {

    private static final int MAX_TOOL = 256 << 10;

    /** The only supported value of {@code include}. */
    static final String LOGPROBS = "message.output_text.logprobs";

    static final Field<List<Values>> INPUT = Field.of(
            "input",
            new InputType(),
            "required",
            "The conversation: a text of the user, or messages. Items that are no messages are refused.");
    static final Field<String> INSTRUCTIONS =
            Field.of("instructions", anyText(), "none", "What a system message before the input would say.");
    static final Field<Long> MAX_OUTPUT_TOKENS = Field.of(
            "max_output_tokens",
            wholeOrOff(1, Integer.MAX_VALUE),
            "the model's",
            "Most tokens to write; -1 for the rest of the context.");
    static final Field<String> FORMAT_NAME = Field.of("name", text(100), "schema", "The schema's name.");
    static final Field<Values> FORMAT = Field.of(
            "format",
            object(Fields.of(DecodingFields.FORMAT_TYPE, DecodingFields.SCHEMA, FORMAT_NAME)),
            "text",
            "`text`, `json_object` or `json_schema` with a schema.");
    static final Field<Values> TEXT = Field.of(
            "text",
            object(Fields.of(FORMAT, Field.ignored("verbosity", text(100), "The models know no such setting."))),
            "any text",
            "The answer's form; see [structured output](structured-output.md).");
    static final Field<Long> TOP_LOGPROBS = Field.of(
            "top_logprobs",
            whole(0, RequestBounds.TOP_LOGPROBS),
            "0",
            "Alternatives to tell with each token; needs `include` with `" + LOGPROBS + "`.");
    static final Field<List<String>> INCLUDE = Field.of(
            "include",
            list(word(LOGPROBS, "reasoning.encrypted_content"), 0, 16, "strings"),
            "none",
            "More to tell; there is no reasoning to tell of.");
    static final Field<Map<String, String>> METADATA =
            Field.of("metadata", map(anyText(), 16, "pairs"), "none", "Notes of the client, which the answer repeats.");
    static final Field<List<String>> TOOLS = Field.of(
            "tools",
            list(json(MAX_TOOL), 0, 128, "tools"),
            "none",
            "Refused unless empty, or `tool_choice` is `none`.");
    static final Field<String> TOOL_CHOICE =
            Field.of("tool_choice", jsonOrText(10_000), "auto", "`none` has `tools` ignored.");

    public static final Fields ALL = Fields.of(
                    RequestFields.MODEL, INPUT, INSTRUCTIONS, RequestFields.STREAM, RequestFields.CACHE_SALT)
            .and(MAX_OUTPUT_TOKENS, TEXT, INCLUDE, TOP_LOGPROBS, METADATA, TOOLS, TOOL_CHOICE)
            .and(DecodingFields.ALL)
            .and(RequestFields.IGNORED.stream()
                    .filter(field -> !field.name().equals(METADATA.name()))
                    .toList())
            .and(
                    Field.ignored(
                            "stream_options", skipped("an object", JsonToken.START_OBJECT), "Events are not obscured."),
                    Field.ignored(
                            "reasoning",
                            skipped("an object", JsonToken.START_OBJECT),
                            "The models do not think before they answer."),
                    Field.ignored("parallel_tool_calls", bool(), "There are no tool calls."),
                    Field.ignored("max_tool_calls", whole(0, Integer.MAX_VALUE), "There are no tool calls."))
            .and(DecodingFields.REFUSED)
            .and(
                    Field.refused("previous_response_id", only(), "An earlier answer: nothing is stored."),
                    Field.refused("conversation", only(), "A stored conversation: nothing is stored."),
                    Field.refused("background", only("false"), "An answer to be fetched later: nothing is stored."),
                    Field.refused("prompt", only(), "A stored prompt: nothing is stored."),
                    Field.refused("truncation", only("disabled"), "Messages left out of a long conversation."),
                    Field.refused("n", only("1"), "A response has one answer."),
                    Field.refused("response_format", only(), "The name in chat requests of `text.format`."),
                    Field.refused("max_tokens", only(), "The name in chat requests of `max_output_tokens`."));

    private ResponseFields() {}
}
