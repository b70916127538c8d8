package dev.pargo.gateway.tokens;

import static dev.pargo.gateway.json.Types.anyText;
import static dev.pargo.gateway.json.Types.bool;
import static dev.pargo.gateway.json.Types.list;
import static dev.pargo.gateway.json.Types.only;
import static dev.pargo.gateway.json.Types.whole;

import dev.pargo.gateway.chat.ChatFields;
import dev.pargo.gateway.exchange.RequestFields;
import dev.pargo.gateway.json.Field;
import dev.pargo.gateway.json.Fields;
import java.util.List;

/** Every field of the routes for tokens, once: reading, checks and documentation come from here. */
public final class TokenFields {

    private static final int MAX_TOKENS = 1 << 18;

    static final Field<String> PROMPT =
            Field.of("prompt", anyText(), "`messages`", "A text, in which the model's control tokens are recognised.");
    static final Field<Boolean> ADD_SPECIAL_TOKENS =
            Field.of("add_special_tokens", bool(), "true", "Whether the model's first token stands before a `prompt`.");
    static final Field<Boolean> RETURN_TOKEN_STRS =
            Field.of("return_token_strs", bool(), "false", "Whether to tell what each token says.");
    static final Field<List<Long>> TOKENS =
            Field.of("tokens", list(whole(0, Integer.MAX_VALUE), 0, MAX_TOKENS, "ids"), "required", "Token ids.");

    /** The fields of {@code /tokenize}. */
    public static final Fields TOKENIZE = Fields.of(
            RequestFields.MODEL,
            PROMPT,
            ChatFields.MESSAGES,
            ADD_SPECIAL_TOKENS,
            RETURN_TOKEN_STRS,
            ChatFields.CONTINUE_FINAL_MESSAGE,
            Field.refused("add_generation_prompt", only("true"), "A prompt in which no answer begins."),
            Field.refused("chat_template", only(), "A template instead of the model's."),
            Field.refused("tools", only("[]"), "Tools in the prompt."));

    /** The fields of {@code /detokenize}. */
    public static final Fields DETOKENIZE = Fields.of(RequestFields.MODEL, TOKENS);

    private TokenFields() {}
}
