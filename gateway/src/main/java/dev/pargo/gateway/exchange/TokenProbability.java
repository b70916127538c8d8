package dev.pargo.gateway.exchange;

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
 * A token of an answer, or an alternative to it.
 *
 * @param token       its text; an incomplete character becomes U+FFFD
 * @param bytes       its own bytes, 0 to 255
 * @param topLogprobs the most probable tokens, best first; null for an alternative
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TokenProbability(
        String token, float logprob, int[] bytes, @Nullable List<TokenProbability> topLogprobs) {

    /** OpenAI's value for a probability of zero, because JSON has no infinity. */
    private static final float LEAST = -9999;

    /** One for each token, in order. */
    public static List<TokenProbability> of(List<TokenLogprobs> tokens) {
        return tokens.stream()
                .map(token -> of(
                        token.getChosen(),
                        token.getTopList().stream()
                                .map(other -> of(other, null))
                                .toList()))
                .toList();
    }

    private static TokenProbability of(TokenLogprob token, @Nullable List<TokenProbability> top) {
        ByteString text = token.getText();
        int[] bytes =
                IntStream.range(0, text.size()).map(i -> text.byteAt(i) & 0xff).toArray();
        return new TokenProbability(text.toStringUtf8(), Math.max(LEAST, token.getLogprob()), bytes, top);
    }
}
