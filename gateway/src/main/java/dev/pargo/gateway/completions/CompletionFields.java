package dev.pargo.gateway.completions;

import static dev.pargo.gateway.json.Types.bool;
import static dev.pargo.gateway.json.Types.only;
import static dev.pargo.gateway.json.Types.whole;
import static dev.pargo.gateway.json.Types.wholeOrOff;

import dev.pargo.gateway.decoding.DecodingFields;
import dev.pargo.gateway.exchange.RequestFields;
import dev.pargo.gateway.json.Field;
import dev.pargo.gateway.json.Fields;
import dev.pargo.proto.RequestBounds;
import java.util.List;

/** Every field of a completion request, once: reading, checks and documentation come from here. */
public final class CompletionFields {

    static final Field<List<CompletionPrompt>> PROMPT = Field.of(
            "prompt",
            new PromptType(),
            "required",
            "What is continued. The model's control tokens are recognised in it, and its first token stands before it.");
    static final Field<Long> MAX_TOKENS = Field.of(
            "max_tokens",
            wholeOrOff(1, Integer.MAX_VALUE),
            "16",
            "Most tokens to write; -1 for the rest of the context.");
    static final Field<Long> LOGPROBS = Field.of(
            "logprobs",
            whole(0, RequestBounds.TOP_LOGPROBS),
            "none",
            "Tells each token's log probability, and those of so many alternatives.");
    static final Field<Boolean> ECHO = Field.of(
            "echo",
            bool(),
            "false",
            "Whether the prompt, which is then a text, begins each answer; not together with `logprobs`.");
    static final Field<Boolean> ADD_SPECIAL_TOKENS =
            Field.of("add_special_tokens", bool(), "true", "Whether the model's first token stands before a text.");

    public static final Fields ALL = Fields.of(
                    RequestFields.MODEL,
                    PROMPT,
                    RequestFields.STREAM,
                    RequestFields.STREAM_OPTIONS,
                    RequestFields.CACHE_SALT)
            .and(MAX_TOKENS, DecodingFields.N, LOGPROBS, ECHO, ADD_SPECIAL_TOKENS)
            .and(DecodingFields.ALL)
            .and(DecodingFields.RESPONSE_FORMAT)
            .and(RequestFields.IGNORED)
            .and(DecodingFields.REFUSED)
            .and(
                    Field.refused("suffix", only(""), "Text that follows the answer."),
                    Field.refused("prompt_embeds", only(), "A prompt of embeddings."));

    private CompletionFields() {}
}
