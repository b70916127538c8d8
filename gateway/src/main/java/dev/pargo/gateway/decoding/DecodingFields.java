package dev.pargo.gateway.decoding;

import static dev.pargo.gateway.json.Types.anyText;
import static dev.pargo.gateway.json.Types.bool;
import static dev.pargo.gateway.json.Types.jsonOrText;
import static dev.pargo.gateway.json.Types.list;
import static dev.pargo.gateway.json.Types.map;
import static dev.pargo.gateway.json.Types.number;
import static dev.pargo.gateway.json.Types.object;
import static dev.pargo.gateway.json.Types.oneOrList;
import static dev.pargo.gateway.json.Types.only;
import static dev.pargo.gateway.json.Types.positive;
import static dev.pargo.gateway.json.Types.text;
import static dev.pargo.gateway.json.Types.whole;
import static dev.pargo.gateway.json.Types.wholeOrOff;
import static dev.pargo.gateway.json.Types.word;

import dev.pargo.gateway.json.Field;
import dev.pargo.gateway.json.Fields;
import dev.pargo.gateway.json.Values;
import dev.pargo.proto.RequestBounds;
import java.util.List;
import java.util.Map;

/**
 * The fields of every route that determine how answers are written. Bounds that depend on the model, such as its
 * vocabulary, are checked when the model is known. Fields beyond OpenAI's format are named as in vLLM and Hugging Face.
 */
public final class DecodingFields {

    private static final int MAX_SCHEMA = 256 << 10;
    private static final int MAX_REGEX = 4096;
    private static final int MAX_INT = Integer.MAX_VALUE;

    public static final Field<Double> TEMPERATURE = Field.of(
            "temperature",
            number(0, RequestBounds.TEMPERATURE),
            "the model's, or 0; 1 if `n` is above 1",
            "0 always takes the most probable token.");
    public static final Field<Double> TOP_P = Field.of(
            "top_p", number(0, 1), "1", "Choose among the most probable tokens of this share; 0 takes the first.");
    public static final Field<Long> TOP_K =
            Field.of("top_k", wholeOrOff(0, MAX_INT), "off", "Choose among so many tokens; 0 and -1 for all.");
    public static final Field<Double> MIN_P = Field.of(
            "min_p", number(0, 1), "0", "Least probability of a token, as a share of the most probable one's.");
    public static final Field<Double> REPETITION_PENALTY = Field.of(
            "repetition_penalty",
            positive(RequestBounds.REPETITION_PENALTY),
            "1",
            "Divides the logits of tokens of prompt and answer.");
    public static final Field<Double> PRESENCE_PENALTY = Field.of(
            "presence_penalty",
            number(-RequestBounds.PENALTY, RequestBounds.PENALTY),
            "0",
            "Taken off the logits of tokens that the answer has.");
    public static final Field<Double> FREQUENCY_PENALTY = Field.of(
            "frequency_penalty",
            number(-RequestBounds.PENALTY, RequestBounds.PENALTY),
            "0",
            "Taken off for each time that the answer has the token.");
    public static final Field<Map<String, Double>> LOGIT_BIAS = Field.of(
            "logit_bias",
            map(number(-RequestBounds.LOGIT_BIAS, RequestBounds.LOGIT_BIAS), RequestBounds.LOGIT_BIASES, "tokens"),
            "none",
            "Added to the logits of token ids.");
    public static final Field<Long> SEED = Field.of(
            "seed",
            wholeOrOff(Long.MIN_VALUE, Long.MAX_VALUE),
            "by chance",
            "Requests that are the same in everything are answered the same; -1 for chance.");
    public static final Field<Long> N =
            Field.of("n", whole(1, 1024), "1", "Answers to write, at most what the model says.");
    public static final Field<List<String>> STOP = Field.of(
            "stop",
            oneOrList(text(RequestBounds.CHARACTERS), RequestBounds.STOP_STRINGS, "strings"),
            "none",
            "The answer ends before the first of these.");
    public static final Field<List<Long>> STOP_TOKEN_IDS = Field.of(
            "stop_token_ids",
            list(whole(0, MAX_INT), 0, RequestBounds.STOP_TOKEN_IDS, "ids"),
            "none",
            "More tokens that end the answer.");
    public static final Field<Long> MIN_TOKENS =
            Field.of("min_tokens", whole(0, MAX_INT), "0", "The answer does not end before it has so many tokens.");
    public static final Field<Boolean> IGNORE_EOS =
            Field.of("ignore_eos", bool(), "false", "Whether the answer goes on when the model ends it.");

    public static final Field<Boolean> USE_BEAM_SEARCH =
            Field.of("use_beam_search", bool(), "`num_beams` above 1", "Whether to search for the best answer.");
    public static final Field<Long> NUM_BEAMS = Field.of("num_beams", whole(1, 1024), "1", "Beams of the search.");
    public static final Field<Long> BEST_OF = Field.of("best_of", whole(1, 1024), "1", "Another name of `num_beams`.");
    public static final Field<Double> LENGTH_PENALTY =
            Field.of("length_penalty", number(-10, 10), "1", "Exponent of the length that hypotheses are divided by.");
    public static final Field<Boolean> EARLY_STOPPING =
            Field.of("early_stopping", bool(), "false", "Whether the search ends as soon as it has enough hypotheses.");
    public static final Field<String> BEAM_LENGTH_RULE = Field.of(
            "beam_length_rule",
            word("pinned", "newer"),
            "pinned",
            "How long hypotheses count: as in the paper's transformers, or as in today's.");

    public static final Field<String> FORMAT_TYPE = Field.of("type", anyText(), null, "Kind of the format.");
    public static final Field<String> SCHEMA = Field.of("schema", jsonOrText(MAX_SCHEMA), null, "A JSON Schema.");
    public static final Field<Values> JSON_SCHEMA =
            Field.of("json_schema", object(Fields.of(SCHEMA)), null, "A schema with its name.");
    public static final Field<Values> RESPONSE_FORMAT = Field.of(
            "response_format",
            object(Fields.of(FORMAT_TYPE, JSON_SCHEMA, SCHEMA)),
            "text",
            "`text`, `json_object` or `json_schema`; see [structured output](structured-output.md).");
    public static final Field<List<String>> GUIDED_CHOICE = Field.of(
            "guided_choice",
            list(text(RequestBounds.CHARACTERS), 1, RequestBounds.CHOICES, "strings"),
            null,
            "The answer is one of these.");
    public static final Field<String> GUIDED_JSON =
            Field.of("guided_json", jsonOrText(MAX_SCHEMA), null, "The answer follows this JSON Schema.");
    public static final Field<String> GUIDED_REGEX =
            Field.of("guided_regex", text(MAX_REGEX), null, "The answer matches this regular expression.");
    public static final Field<String> TOP_SCHEMA =
            Field.of("json_schema", jsonOrText(MAX_SCHEMA), null, "llama.cpp's name of `guided_json`.");
    public static final Field<List<String>> CHOICE = Field.of(
            "choice", list(text(RequestBounds.CHARACTERS), 1, RequestBounds.CHOICES, "strings"), null, "One of these.");
    public static final Field<Boolean> JSON_OBJECT = Field.of("json_object", bool(), null, "Any JSON object.");
    public static final Field<String> JSON = Field.of("json", jsonOrText(MAX_SCHEMA), null, "A JSON Schema.");
    public static final Field<String> REGEX = Field.of("regex", text(MAX_REGEX), null, "A regular expression.");
    public static final Field<Boolean> GRAMMAR = Field.refused("grammar", only(), "A grammar.");
    public static final Field<Boolean> STRUCTURAL_TAG = Field.refused("structural_tag", only(), "A structural tag.");
    public static final Field<Values> STRUCTURED_OUTPUTS = Field.of(
            "structured_outputs",
            object(Fields.of(CHOICE, JSON_OBJECT, JSON, REGEX, GRAMMAR, STRUCTURAL_TAG)),
            null,
            "vLLM's newer form of the guided fields.");

    /** All fields, except those that only some routes have. */
    public static final List<Field<?>> ALL = List.of(
            TEMPERATURE,
            TOP_P,
            TOP_K,
            MIN_P,
            REPETITION_PENALTY,
            PRESENCE_PENALTY,
            FREQUENCY_PENALTY,
            LOGIT_BIAS,
            SEED,
            STOP,
            STOP_TOKEN_IDS,
            MIN_TOKENS,
            IGNORE_EOS,
            GUIDED_CHOICE,
            GUIDED_JSON,
            GUIDED_REGEX,
            TOP_SCHEMA,
            STRUCTURED_OUTPUTS,
            USE_BEAM_SEARCH,
            NUM_BEAMS,
            BEST_OF,
            LENGTH_PENALTY,
            EARLY_STOPPING,
            BEAM_LENGTH_RULE);

    /** Fields that would change the answers and are not supported. */
    public static final List<Field<?>> REFUSED = List.of(
            Field.refused("guided_grammar", only(), "A grammar for the answer."),
            Field.refused("guided_whitespace_pattern", only(), "White space in guided JSON."),
            Field.refused("grammar", only(), "A grammar for the answer."),
            Field.refused("bad_words", only("[]"), "Words that the answer must not have."),
            Field.refused("allowed_token_ids", only("[]"), "The only tokens that the answer may have."),
            Field.refused("include_stop_str_in_output", only("false"), "The stop string as part of the answer."),
            Field.refused("prompt_logprobs", only(), "Log probabilities of the prompt."));

    private DecodingFields() {}
}
