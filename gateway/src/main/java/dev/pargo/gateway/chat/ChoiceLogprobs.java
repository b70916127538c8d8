package dev.pargo.gateway.chat;

import dev.pargo.gateway.exchange.TokenProbability;
import dev.pargo.proto.v1.TokenLogprobs;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Log probabilities of an answer's tokens.
 *
 * @param content one entry for each token, in order
 * @param refusal always null: the models' refusals are answers like others
 */
record ChoiceLogprobs(
        List<TokenProbability> content, @Nullable String refusal) {

    static ChoiceLogprobs of(List<TokenLogprobs> tokens) {
        return new ChoiceLogprobs(TokenProbability.of(tokens), null);
    }
}
