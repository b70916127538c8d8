package dev.pargo.gateway.chat;

import static dev.pargo.gateway.json.Types.anyText;
import static dev.pargo.gateway.json.Types.bool;
import static dev.pargo.gateway.json.Types.json;
import static dev.pargo.gateway.json.Types.jsonOrText;
import static dev.pargo.gateway.json.Types.list;
import static dev.pargo.gateway.json.Types.map;
import static dev.pargo.gateway.json.Types.number;
import static dev.pargo.gateway.json.Types.object;
import static dev.pargo.gateway.json.Types.oneOrList;
import static dev.pargo.gateway.json.Types.only;
import static dev.pargo.gateway.json.Types.positive;
import static dev.pargo.gateway.json.Types.skipped;
import static dev.pargo.gateway.json.Types.text;
import static dev.pargo.gateway.json.Types.whole;
import static dev.pargo.gateway.json.Types.wholeOrOff;
import static dev.pargo.gateway.json.Types.word;

import dev.pargo.gateway.json.Field;
import dev.pargo.gateway.json.Fields;
import dev.pargo.gateway.json.Values;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonToken;

/**
 * Every field of a chat request, once: reading, checks and documentation come from here. What depends on the model, such
 * as its vocabulary, is checked when the model is known. Fields that are not of OpenAI's format are named as in vLLM and
 * Hugging Face.
 */
final class ChatFields {

    private static final int MAX_MESSAGES = 4096;
    private static final int MAX_PARTS = 1024;
    private static final int MAX_SCHEMA = 256 << 10;
    private static final int MAX_REGEX = 4096;
    private static final int MAX_CHOICES = 1000;
    private static final int MAX_CHOICE = 1000;
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
    static final class Call {

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
    static final class Message {

        static final Field<String> ROLE = Field.of("role", text(100), null, "Who speaks.");
        static final Field<Content> CONTENT =
                Field.of("content", new ContentType(MAX_PARTS), null, "What is said: a text, or a list of parts.");
        static final Field<String> REFUSAL = Field.of("refusal", anyText(), null, "An assistant's refusal.");
        static final Field<List<Values>> TOOL_CALLS = Field.of(
                "tool_calls",
                list(object(Call.ALL), 0, MAX_TOOLS, "calls"),
                null,
                "Calls that an assistant asked for. To a model that knows no tools they are text.");
        static final Field<Values> FUNCTION_CALL =
                Field.of("function_call", object(Call.FUNCTION_FIELDS), null, "The older form of tool_calls.");
        static final Field<String> NAME = Field.of(
                "name", text(1000), null, "Name of the speaker or the tool; for models whose template writes names.");
        static final Field<String> TOOL_CALL_ID = Field.of(
                "tool_call_id", text(1000), null, "Which call this answers; for models whose template writes it.");
        static final Fields ALL = Fields.of(ROLE, CONTENT, REFUSAL, TOOL_CALLS, FUNCTION_CALL, NAME, TOOL_CALL_ID);

        private Message() {}
    }

    static final Field<String> MODEL = Field.of(
            "model", anyText(), "the model, where only one is served", "Which model answers; see `GET /v1/models`.");
    static final Field<List<Values>> MESSAGES = Field.of(
            "messages",
            list(object(Message.ALL), 1, MAX_MESSAGES, "messages"),
            "required",
            "The conversation. If the last message is an assistant's, the answer continues it.");
    static final Field<Boolean> STREAM =
            Field.of("stream", bool(), "false", "Whether the answer comes as server-sent events while it is written.");
    static final Field<Boolean> INCLUDE_USAGE = Field.of(
            "include_usage", bool(), "false", "Whether a stream ends with a chunk that has usage and timings.");
    static final Field<Values> STREAM_OPTIONS =
            Field.of("stream_options", object(Fields.of(INCLUDE_USAGE)), null, "Options of a stream.");

    static final Field<Long> MAX_TOKENS = Field.of(
            "max_tokens",
            wholeOrOff(1, MAX_INT),
            "the model's, or the rest of the context",
            "Most tokens to write; -1 for the rest of the context.");
    static final Field<Long> MAX_COMPLETION_TOKENS = Field.of(
            "max_completion_tokens", wholeOrOff(1, MAX_INT), null, "The newer name of `max_tokens`; goes before it.");
    static final Field<Double> TEMPERATURE = Field.of(
            "temperature",
            number(0, 2),
            "the model's, or 0; 1 if `n` is above 1",
            "0 always takes the most probable token.");
    static final Field<Double> TOP_P = Field.of(
            "top_p", number(0, 1), "1", "Choose among the most probable tokens of this share; 0 takes the first.");
    static final Field<Long> TOP_K =
            Field.of("top_k", wholeOrOff(0, MAX_INT), "off", "Choose among so many tokens; 0 and -1 for all.");
    static final Field<Double> MIN_P = Field.of(
            "min_p", number(0, 1), "0", "Least probability of a token, as a share of the most probable one's.");
    static final Field<Double> REPETITION_PENALTY =
            Field.of("repetition_penalty", positive(10), "1", "Divides the logits of tokens of prompt and answer.");
    static final Field<Double> PRESENCE_PENALTY =
            Field.of("presence_penalty", number(-2, 2), "0", "Taken off the logits of tokens that the answer has.");
    static final Field<Double> FREQUENCY_PENALTY =
            Field.of("frequency_penalty", number(-2, 2), "0", "Taken off for each time that the answer has the token.");
    static final Field<Map<String, Double>> LOGIT_BIAS =
            Field.of("logit_bias", map(number(-100, 100), 1024, "tokens"), "none", "Added to the logits of token ids.");
    static final Field<Long> SEED = Field.of(
            "seed",
            wholeOrOff(Long.MIN_VALUE, Long.MAX_VALUE),
            "by chance",
            "Requests that are the same in everything are answered the same; -1 for chance.");
    static final Field<Long> N = Field.of("n", whole(1, 1024), "1", "Answers to write, at most what the model says.");
    static final Field<Boolean> LOGPROBS =
            Field.of("logprobs", bool(), "false", "Whether to tell each token's log probability.");
    static final Field<Long> TOP_LOGPROBS =
            Field.of("top_logprobs", whole(0, 20), "0", "Alternatives to tell with each token; needs `logprobs`.");
    static final Field<Boolean> VISUAL =
            Field.of("visual", bool(), "false", "Whether to tell how much each token attends to each visual token.");
    static final Field<Values> ATTENTION = Field.of(
            "attention",
            object(Fields.of(VISUAL)),
            "none",
            "`{\"visual\": true}` tells how much each token of the answer attends to each visual token; see"
                    + " [attention](#attention).");
    static final Field<List<String>> STOP = Field.of(
            "stop", oneOrList(text(1000), 16, "strings"), "none", "The answer ends before the first of these.");
    static final Field<List<Long>> STOP_TOKEN_IDS = Field.of(
            "stop_token_ids", list(whole(0, MAX_INT), 0, 128, "ids"), "none", "More tokens that end the answer.");
    static final Field<Long> MIN_TOKENS =
            Field.of("min_tokens", whole(0, MAX_INT), "0", "The answer does not end before it has so many tokens.");
    static final Field<Boolean> IGNORE_EOS =
            Field.of("ignore_eos", bool(), "false", "Whether the answer goes on when the model ends it.");

    static final Field<Boolean> USE_BEAM_SEARCH =
            Field.of("use_beam_search", bool(), "`num_beams` above 1", "Whether to search for the best answer.");
    static final Field<Long> NUM_BEAMS = Field.of("num_beams", whole(1, 1024), "1", "Beams of the search.");
    static final Field<Long> BEST_OF = Field.of("best_of", whole(1, 1024), "1", "Another name of `num_beams`.");
    static final Field<Double> LENGTH_PENALTY =
            Field.of("length_penalty", number(-10, 10), "1", "Exponent of the length that hypotheses are divided by.");
    static final Field<Boolean> EARLY_STOPPING =
            Field.of("early_stopping", bool(), "false", "Whether the search ends as soon as it has enough hypotheses.");
    static final Field<String> BEAM_LENGTH_RULE = Field.of(
            "beam_length_rule",
            word("pinned", "newer"),
            "pinned",
            "How long hypotheses count: as in the paper's transformers, or as in today's.");

    static final Field<String> FORMAT_TYPE = Field.of("type", anyText(), null, "Kind of the format.");
    static final Field<String> SCHEMA = Field.of("schema", jsonOrText(MAX_SCHEMA), null, "A JSON Schema.");
    static final Field<Values> JSON_SCHEMA =
            Field.of("json_schema", object(Fields.of(SCHEMA)), null, "A schema with its name.");
    static final Field<Values> RESPONSE_FORMAT = Field.of(
            "response_format",
            object(Fields.of(FORMAT_TYPE, JSON_SCHEMA, SCHEMA)),
            "text",
            "`text`, `json_object` or `json_schema`; see [structured output](structured-output.md).");
    static final Field<List<String>> GUIDED_CHOICE = Field.of(
            "guided_choice", list(text(MAX_CHOICE), 1, MAX_CHOICES, "strings"), null, "The answer is one of these.");
    static final Field<String> GUIDED_JSON =
            Field.of("guided_json", jsonOrText(MAX_SCHEMA), null, "The answer follows this JSON Schema.");
    static final Field<String> GUIDED_REGEX =
            Field.of("guided_regex", text(MAX_REGEX), null, "The answer matches this regular expression.");
    static final Field<List<String>> CHOICE =
            Field.of("choice", list(text(MAX_CHOICE), 1, MAX_CHOICES, "strings"), null, "One of these.");
    static final Field<Boolean> JSON_OBJECT = Field.of("json_object", bool(), null, "Any JSON object.");
    static final Field<String> JSON = Field.of("json", jsonOrText(MAX_SCHEMA), null, "A JSON Schema.");
    static final Field<String> REGEX = Field.of("regex", text(MAX_REGEX), null, "A regular expression.");
    static final Field<Boolean> GRAMMAR = Field.refused("grammar", only(), "A grammar.");
    static final Field<Boolean> STRUCTURAL_TAG = Field.refused("structural_tag", only(), "A structural tag.");
    static final Field<Values> STRUCTURED_OUTPUTS = Field.of(
            "structured_outputs",
            object(Fields.of(CHOICE, JSON_OBJECT, JSON, REGEX, GRAMMAR, STRUCTURAL_TAG)),
            null,
            "vLLM's newer form of the guided fields.");

    static final Field<List<String>> TOOLS = Field.of(
            "tools",
            list(json(MAX_SCHEMA), 0, MAX_TOOLS, "tools"),
            "none",
            "What the model may call, if its chat template knows tools; see `pargo.tools` of `GET /v1/models`. Else refused.");
    static final Field<List<String>> FUNCTIONS = Field.of(
            "functions", list(json(MAX_SCHEMA), 0, MAX_TOOLS, "functions"), "none", "The older form of `tools`.");
    static final Field<String> TOOL_CHOICE = Field.of(
            "tool_choice",
            jsonOrText(10_000),
            "auto",
            "`auto`: the model decides; `none` has `tools` ignored; anything else is refused.");
    static final Field<Boolean> CONTINUE_FINAL_MESSAGE = Field.of(
            "continue_final_message",
            bool(),
            "true",
            "Whether an assistant's last message is continued; false has a new turn begin after it.");

    static final Fields ALL = Fields.of(
            MODEL,
            MESSAGES,
            STREAM,
            STREAM_OPTIONS,
            MAX_TOKENS,
            MAX_COMPLETION_TOKENS,
            TEMPERATURE,
            TOP_P,
            TOP_K,
            MIN_P,
            REPETITION_PENALTY,
            PRESENCE_PENALTY,
            FREQUENCY_PENALTY,
            LOGIT_BIAS,
            SEED,
            N,
            LOGPROBS,
            TOP_LOGPROBS,
            ATTENTION,
            STOP,
            STOP_TOKEN_IDS,
            MIN_TOKENS,
            IGNORE_EOS,
            RESPONSE_FORMAT,
            GUIDED_CHOICE,
            GUIDED_JSON,
            GUIDED_REGEX,
            STRUCTURED_OUTPUTS,
            USE_BEAM_SEARCH,
            NUM_BEAMS,
            BEST_OF,
            LENGTH_PENALTY,
            EARLY_STOPPING,
            BEAM_LENGTH_RULE,
            TOOLS,
            FUNCTIONS,
            TOOL_CHOICE,
            CONTINUE_FINAL_MESSAGE,
            Field.ignored("user", text(1000), "An id of the client's user."),
            Field.ignored("safety_identifier", text(1000), "An id of the client's user."),
            Field.ignored("prompt_cache_key", text(1000), "Prompts are cached by what they say."),
            Field.ignored("metadata", skipped("an object", OBJECT), "Notes of the client."),
            Field.ignored("store", bool(), "Nothing is stored."),
            Field.ignored("service_tier", text(100), "There is one tier."),
            Field.ignored("prediction", skipped("an object", OBJECT), "A draft of the answer, to write it faster."),
            Field.ignored("reasoning_effort", text(100), "The models do not think before they answer."),
            Field.ignored("verbosity", text(100), "The models know no such setting."),
            Field.ignored("parallel_tool_calls", bool(), "There are no tool calls."),
            Field.ignored(
                    "function_call", skipped("a string or an object", OBJECT, STRING), "No functions are called."),
            Field.ignored("skip_special_tokens", bool(), "Control tokens are never part of an answer's text."),
            Field.ignored("add_generation_prompt", bool(), "Follows from the last message."),
            Field.refused("guided_grammar", only(), "A grammar for the answer."),
            Field.refused("guided_whitespace_pattern", only(), "White space in guided JSON."),
            Field.refused("grammar", only(), "A grammar for the answer."),
            Field.refused("json_schema", only(), "A schema: use `response_format` or `guided_json`."),
            Field.refused("bad_words", only("[]"), "Words that the answer must not have."),
            Field.refused("allowed_token_ids", only("[]"), "The only tokens that the answer may have."),
            Field.refused("include_stop_str_in_output", only("false"), "The stop string as part of the answer."),
            Field.refused("prompt_logprobs", only(), "Log probabilities of the prompt."),
            Field.refused("echo", only("false"), "The prompt as part of the answer."),
            Field.refused("chat_template", only(), "A template instead of the model's."),
            Field.refused("modalities", only("[\"text\"]"), "Other kinds of answers than text."),
            Field.refused("audio", only(), "An answer in speech."),
            Field.refused("web_search_options", only(), "A search in the web."));

    private ChatFields() {}
}
