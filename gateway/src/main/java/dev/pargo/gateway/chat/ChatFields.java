package dev.pargo.gateway.chat;

import static dev.pargo.gateway.json.Types.anyText;
import static dev.pargo.gateway.json.Types.bool;
import static dev.pargo.gateway.json.Types.json;
import static dev.pargo.gateway.json.Types.jsonOrText;
import static dev.pargo.gateway.json.Types.list;
import static dev.pargo.gateway.json.Types.object;
import static dev.pargo.gateway.json.Types.only;
import static dev.pargo.gateway.json.Types.skipped;
import static dev.pargo.gateway.json.Types.text;
import static dev.pargo.gateway.json.Types.whole;
import static dev.pargo.gateway.json.Types.wholeOrOff;

import dev.pargo.gateway.attention.AttentionFields;
import dev.pargo.gateway.decoding.DecodingFields;
import dev.pargo.gateway.exchange.RequestFields;
import dev.pargo.gateway.json.Field;
import dev.pargo.gateway.json.Fields;
import dev.pargo.gateway.json.Values;
import dev.pargo.proto.RequestBounds;
import java.util.List;
import tools.jackson.core.JsonToken;

/**
 * Every field of a chat request, once: reading, checks and documentation come from here. What depends on the model, such
 * as its most answers at once, is checked when the model is known.
 */
public final class ChatFields {

    private static final int MAX_MESSAGES = 4096;
    private static final int MAX_PARTS = 1024;
    private static final int MAX_SCHEMA = 256 << 10;
    private static final int MAX_TOOLS = 128;
    private static final int MAX_INT = Integer.MAX_VALUE;
    private static final JsonToken OBJECT = JsonToken.START_OBJECT;
    private static final JsonToken STRING = JsonToken.VALUE_STRING;

    /** Of a part of a message. */
    static final class Part {

        static final Field<String> TYPE = Field.of("type", text(100), null, "What the part is.");
        static final Field<String> TEXT = Field.of("text", anyText(), null, "The words of a text.");
        static final Field<String> REFUSAL = Field.of("refusal", anyText(), null, "The words of a refusal.");
        static final Field<String> IMAGE_URL = Field.of(
                "image_url",
                new ImageUrlType(),
                null,
                "A data URL or an https URL of a picture, or an object with it.");
        static final Field<String> UUID = Field.of(
                "uuid", text(256), null, "The client's name for a picture; sent without it, if the gateway knows it.");
        static final Fields ALL = Fields.of(TYPE, TEXT, REFUSAL, IMAGE_URL, UUID);

        private Part() {}
    }

    /** Of a call of a tool. */
    public static final class Call {

        static final Field<String> NAME = Field.of("name", text(1000), null, "Name of the tool.");
        static final Field<String> ARGUMENTS =
                Field.of("arguments", jsonOrText(MAX_SCHEMA), null, "What it is called with, in JSON.");
        static final Fields FUNCTION_FIELDS = Fields.of(NAME, ARGUMENTS);
        static final Field<String> ID = Field.of("id", text(1000), null, "Id of the call.");
        static final Field<Values> FUNCTION =
                Field.of("function", object(FUNCTION_FIELDS), null, "The tool and its arguments.");
        static final Fields ALL = Fields.of(ID, FUNCTION);

        private Call() {}
    }

    /** Of a message. */
    public static final class Message {

        public static final Field<String> ROLE = Field.of("role", text(100), null, "Who speaks.");
        public static final Field<Content> CONTENT =
                Field.of("content", new ContentType(MAX_PARTS), null, "What is said: a text, or a list of parts.");
        public static final Field<String> REFUSAL = Field.of("refusal", anyText(), null, "An assistant's refusal.");
        public static final Field<List<Values>> TOOL_CALLS = Field.of(
                "tool_calls",
                list(object(Call.ALL), 0, MAX_TOOLS, "calls"),
                null,
                "Calls that an assistant asked for. To a model that knows no tools they are text.");
        public static final Field<Values> FUNCTION_CALL =
                Field.of("function_call", object(Call.FUNCTION_FIELDS), null, "The older form of tool_calls.");
        public static final Field<String> NAME = Field.of(
                "name", text(1000), null, "Name of the speaker or the tool; for models whose template writes names.");
        public static final Field<String> TOOL_CALL_ID = Field.of(
                "tool_call_id", text(1000), null, "Which call this answers; for models whose template writes it.");
        public static final Fields ALL =
                Fields.of(ROLE, CONTENT, REFUSAL, TOOL_CALLS, FUNCTION_CALL, NAME, TOOL_CALL_ID);

        private Message() {}
    }

    public static final Field<List<Values>> MESSAGES = Field.of(
            "messages",
            list(object(Message.ALL), 1, MAX_MESSAGES, "messages"),
            "required",
            "The conversation. If the last message is an assistant's, the answer continues it.");
    static final Field<Long> MAX_TOKENS = Field.of(
            "max_tokens",
            wholeOrOff(1, MAX_INT),
            "the model's, or the rest of the context",
            "Most tokens to write; -1 for the rest of the context.");
    static final Field<Long> MAX_COMPLETION_TOKENS = Field.of(
            "max_completion_tokens", wholeOrOff(1, MAX_INT), null, "The newer name of `max_tokens`; goes before it.");
    static final Field<Boolean> LOGPROBS =
            Field.of("logprobs", bool(), "false", "Whether to tell each token's log probability.");
    static final Field<Long> TOP_LOGPROBS = Field.of(
            "top_logprobs",
            whole(0, RequestBounds.TOP_LOGPROBS),
            "0",
            "Alternatives to tell with each token; needs `logprobs`.");
    static final Field<Boolean> VISUAL =
            Field.of("visual", bool(), "false", "Whether to tell how much each token attends to each visual token.");
    static final Field<Boolean> PROJECTOR =
            Field.of("projector", bool(), "false", "Whether to tell what the projector looks at in each picture.");
    static final Field<Values> ATTENTION = Field.of(
            "attention",
            object(Fields.of(VISUAL, PROJECTOR, AttentionFields.HEAD_GROUPS)),
            "none",
            "`visual`: true tells how much each token of the answer attends to each visual token, `projector`: true what"
                    + " each visual token takes of the picture, by layer and by `head_groups` groups of heads; see"
                    + " [attention](#attention).");

    static final Field<List<String>> TOOLS = Field.of(
            "tools",
            list(json(MAX_SCHEMA), 0, MAX_TOOLS, "tools"),
            "none",
            "What the model may call, if its chat template knows tools; see `pargo.tools` of `GET /v1/models`. Else refused.");
    static final Field<List<String>> FUNCTIONS = Field.of(
            "functions",
            list(json(MAX_SCHEMA), 0, MAX_TOOLS, "functions"),
            "none",
            "The older form of `tools`; calls stay text.");
    static final Field<String> TOOL_CHOICE = Field.of(
            ToolChoice.FIELD,
            jsonOrText(10_000),
            "auto",
            "`auto`: the model decides; `none` has `tools` ignored; `required`, or a function in OpenAI's form: the answer is"
                    + " one call.");
    static final Field<Boolean> PARALLEL_TOOL_CALLS = Field.of(
            "parallel_tool_calls",
            bool(),
            "true",
            "Whether an answer may call several tools; with false only its first call is given.");
    public static final Field<Boolean> CONTINUE_FINAL_MESSAGE = Field.of(
            "continue_final_message",
            bool(),
            "true",
            "Whether an assistant's last message is continued; false has a new turn begin after it.");

    public static final Fields ALL = Fields.of(
                    RequestFields.MODEL,
                    MESSAGES,
                    RequestFields.STREAM,
                    RequestFields.STREAM_OPTIONS,
                    RequestFields.CACHE_SALT)
            .and(MAX_TOKENS, MAX_COMPLETION_TOKENS, DecodingFields.N, LOGPROBS, TOP_LOGPROBS, ATTENTION)
            .and(DecodingFields.ALL)
            .and(DecodingFields.RESPONSE_FORMAT)
            .and(TOOLS, FUNCTIONS, TOOL_CHOICE, PARALLEL_TOOL_CALLS, CONTINUE_FINAL_MESSAGE)
            .and(RequestFields.IGNORED)
            .and(
                    Field.ignored(
                            "prediction", skipped("an object", OBJECT), "A draft of the answer, to write it faster."),
                    Field.ignored("reasoning_effort", text(100), "The models do not think before they answer."),
                    Field.ignored("verbosity", text(100), "The models know no such setting."),
                    Field.ignored(
                            "function_call",
                            skipped("a string or an object", OBJECT, STRING),
                            "No functions are called."),
                    Field.ignored("add_generation_prompt", bool(), "Follows from the last message."))
            .and(DecodingFields.REFUSED)
            .and(
                    Field.refused("echo", only("false"), "The prompt as part of the answer."),
                    Field.refused("chat_template", only(), "A template instead of the model's."),
                    Field.refused("modalities", only("[\"text\"]"), "Other kinds of answers than text."),
                    Field.refused("audio", only(), "An answer in speech."),
                    Field.refused("web_search_options", only(), "A search in the web."));

    private ChatFields() {}
}
