package dev.pargo.gateway.exchange;

import static dev.pargo.gateway.json.Types.anyText;
import static dev.pargo.gateway.json.Types.bool;
import static dev.pargo.gateway.json.Types.object;
import static dev.pargo.gateway.json.Types.skipped;
import static dev.pargo.gateway.json.Types.text;

import dev.pargo.gateway.json.Field;
import dev.pargo.gateway.json.Fields;
import dev.pargo.gateway.json.Values;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;

/** The fields that requests for answers have on every route. */
public final class RequestFields {

    public static final Field<String> MODEL = Field.of(
            "model", anyText(), "the model, where only one is served", "Which model answers; see `GET /v1/models`.");
    public static final Field<Boolean> STREAM =
            Field.of("stream", bool(), "false", "Whether the answer comes as server-sent events while it is written.");
    public static final Field<Boolean> INCLUDE_USAGE = Field.of(
            "include_usage", bool(), "false", "Whether a stream ends with a chunk that has usage and timings.");
    public static final Field<Values> STREAM_OPTIONS =
            Field.of("stream_options", object(Fields.of(INCLUDE_USAGE)), null, "Options of a stream.");

    public static final Field<String> CACHE_SALT = Field.of(
            "cache_salt",
            text(1000),
            "none",
            "What is cached of this request is used for requests of the same API key and salt only.");

    /** Fields that clients send and that do not affect answers. */
    public static final List<Field<?>> IGNORED = List.of(
            Field.ignored("user", text(1000), "An id of the client's user."),
            Field.ignored("safety_identifier", text(1000), "An id of the client's user."),
            Field.ignored("prompt_cache_key", text(1000), "Prompts are cached by what they say."),
            Field.ignored("metadata", skipped("an object", JsonToken.START_OBJECT), "Notes of the client."),
            Field.ignored("store", bool(), "Nothing is stored."),
            Field.ignored("service_tier", text(100), "There is one tier."),
            Field.ignored("skip_special_tokens", bool(), "Control tokens are never part of an answer's text."));

    private RequestFields() {}

    /** Whether a stream must end with usage. */
    public static boolean includesUsage(Values body) {
        @Nullable Values options = body.get(STREAM_OPTIONS);
        return options != null && options.is(INCLUDE_USAGE);
    }
}
