package dev.pargo.gateway.chat;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.google.protobuf.ByteString;
import dev.pargo.proto.v1.TokenLogprob;
import dev.pargo.proto.v1.TokenLogprobs;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Log probabilities of an answer's tokens.
 *
 * @param content one a token, in order
 * @param refusal always null: the models' refusals are answers like others
 */
record ChoiceLogprobs(List<Token> content, @Nullable String refusal) {

    /** What OpenAI sends for a probability of zero, because JSON has no infinity. */
    private static final float LEAST = -9999;

    static ChoiceLogprobs of(List<TokenLogprobs> tokens) {
        return new ChoiceLogprobs(
                tokens.stream()
                        .map(token -> Token.of(
                                token.getChosen(),
                                token.getTopList().stream()
                                        .map(other -> Token.of(other, null))
                                        .toList()))
                        .toList(),
                null);
    }

    /**
     * A token, or one that might have stood in its place.
     *
     * @param token       its text; what is half of a character shows as U+FFFD
     * @param bytes       its own bytes, 0 to 255
     * @param topLogprobs the most probable tokens, best first; null for an alternative
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Token(
            String token,
            float logprob,
            int[] bytes,
            @Nullable List<Token> topLogprobs) {

        static Token of(TokenLogprob token, @Nullable List<Token> top) {
            ByteString text = token.getText();
            int[] bytes = IntStream.range(0, text.size())
                    .map(i -> text.byteAt(i) & 0xff)
                    .toArray();
            return new Token(text.toStringUtf8(), Math.max(LEAST, token.getLogprob()), bytes, top);
        }
    }
}
