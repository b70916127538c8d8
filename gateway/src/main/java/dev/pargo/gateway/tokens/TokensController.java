package dev.pargo.gateway.tokens;

import com.google.protobuf.ByteString;
import dev.pargo.gateway.access.Caller;
import dev.pargo.gateway.chat.ChatFields;
import dev.pargo.gateway.chat.ChatMessages;
import dev.pargo.gateway.decoding.Bounds;
import dev.pargo.gateway.decoding.ModelLimits;
import dev.pargo.gateway.exchange.Queries;
import dev.pargo.gateway.exchange.RequestFields;
import dev.pargo.gateway.inference.Inference;
import dev.pargo.gateway.inference.RequestScope;
import dev.pargo.gateway.json.Values;
import dev.pargo.gateway.pipeline.ModelSet;
import dev.pargo.gateway.pipeline.Pipeline;
import dev.pargo.proto.v1.GenerateStart;
import dev.pargo.proto.v1.LlmDescription;
import dev.pargo.proto.v1.PromptSegment;
import dev.pargo.proto.v1.TokenizeResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** Converts prompts to the tokens that the LLM reads, and tokens to text. */
@RestController
final class TokensController {

    private final Queries queries;
    private final Inference inference;

    TokensController(Queries queries, Inference inference) {
        this.queries = queries;
        this.inference = inference;
    }

    @PostMapping("/tokenize")
    void tokenize(HttpServletRequest request, HttpServletResponse response) {
        queries.answer(TokenFields.TOKENIZE, request, response, this::tokens);
    }

    @PostMapping("/detokenize")
    void detokenize(HttpServletRequest request, HttpServletResponse response) {
        queries.answer(TokenFields.DETOKENIZE, request, response, this::text);
    }

    private Tokens tokens(Values body, Caller caller, RequestScope scope) {
        Pipeline pipeline = inference.find(body.get(RequestFields.MODEL), caller, scope);
        ModelSet set = inference.require(pipeline, false, scope);
        GenerateStart start = start(body, set.llm());
        String param = start.hasConversation() ? ChatFields.MESSAGES.name() : TokenFields.PROMPT.name();
        ModelLimits.check(param, start, set.llm());
        TokenizeResponse tokens = inference.tokenize(pipeline, start, param, scope);
        return new Tokens(
                tokens.getIdsCount(),
                set.llm().getContextTokens(),
                tokens.getIdsList(),
                body.is(TokenFields.RETURN_TOKEN_STRS)
                        ? tokens.getPiecesList().stream()
                                .map(ByteString::toStringUtf8)
                                .toList()
                        : null);
    }

    private Text text(Values body, Caller caller, RequestScope scope) {
        Pipeline pipeline = inference.find(body.get(RequestFields.MODEL), caller, scope);
        @Nullable List<Long> tokens = body.get(TokenFields.TOKENS);
        if (tokens == null) {
            throw Bounds.invalid("tokens", "tokens is missing");
        }
        check(tokens, inference.require(pipeline, false, scope).llm());
        return new Text(inference.detokenize(
                pipeline, tokens.stream().map(Long::intValue).toList(), scope));
    }

    /** The LLM refuses the same, but could not read a message with very many large ids. */
    private static void check(List<Long> tokens, LlmDescription llm) {
        if (tokens.size() > llm.getContextTokens()) {
            throw Bounds.invalid(
                    "tokens",
                    "tokens has %d ids, the limit of the model is %d".formatted(tokens.size(), llm.getContextTokens()));
        }
        long most = llm.getVocabulary() - 1;
        for (int i = 0; i < tokens.size(); i++) {
            if (tokens.get(i) > most) {
                String field = "tokens[%d]".formatted(i);
                throw Bounds.invalid(field, "%s must be at most %d with this model".formatted(field, most));
            }
        }
    }

    private static GenerateStart start(Values body, LlmDescription llm) {
        @Nullable String text = body.get(TokenFields.PROMPT);
        @Nullable List<Values> messages = body.get(ChatFields.MESSAGES);
        if ((text == null) == (messages == null)) {
            throw Bounds.invalid("prompt", "there must be either prompt or messages");
        }
        return text == null ? conversation(messages, body) : plain(text, body, llm);
    }

    private static GenerateStart plain(String text, Values body, LlmDescription llm) {
        GenerateStart.Builder start = GenerateStart.newBuilder();
        String first = llm.getPrompt().getOpening();
        if (body.get(TokenFields.ADD_SPECIAL_TOKENS, true) && !first.isEmpty()) {
            start.addPrompt(PromptSegment.newBuilder().setControl(first));
        }
        return start.addPrompt(PromptSegment.newBuilder().setMarkedText(text)).build();
    }

    private static GenerateStart conversation(List<Values> given, Values body) {
        ChatMessages messages = ChatMessages.of(
                null, given, ChatFields.MESSAGES.name(), 0, body.get(ChatFields.CONTINUE_FINAL_MESSAGE, true));
        return GenerateStart.newBuilder()
                .setConversation(messages.conversation())
                .build();
    }

    /**
     * The tokens of a prompt.
     *
     * @param maxModelLen the model's context
     * @param tokenStrs   text of each token, if requested; an incomplete character becomes U+FFFD
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record Tokens(
            int count,
            int maxModelLen,
            List<Integer> tokens,
            @Nullable List<String> tokenStrs) {}

    /** The text of tokens. */
    record Text(String prompt) {}
}
