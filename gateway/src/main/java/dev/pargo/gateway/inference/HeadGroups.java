package dev.pargo.gateway.inference;

import dev.pargo.gateway.error.GatewayException;
import dev.pargo.proto.v1.ProjectorDescription;
import dev.pargo.proto.v1.QueryTokens;

/**
 * How finely a projector's cross-attention is to be told.
 *
 * @param count groups of neighbouring heads in each layer, over each of which the mean is taken; 1 or more
 * @param asker path of the field that asks for the attention, for error messages
 * @param field path of the field that has the count, for error messages
 */
public record HeadGroups(int count, String asker, String field) {

    /** Of one request: 32 MB. The full-size release has 2.1 million for each group of heads. */
    private static final int MOST_WEIGHTS = 8 << 20;

    /**
     * Checks that a projector can tell it.
     *
     * @param pictures of the request
     * @throws GatewayException INVALID_REQUEST if it has no cross-attention, not so many groups, or too many weights
     */
    void check(ProjectorDescription projector, int pictures) {
        if (!projector.hasQueryTokens()) {
            throw GatewayException.invalid(
                    asker,
                    "no_attention",
                    "%s: the model's projector (%s) has no cross-attention"
                            .formatted(asker, projector.getIdentity().getNetwork()));
        }
        QueryTokens tokens = projector.getQueryTokens();
        if (tokens.getHeads() % count != 0) {
            throw GatewayException.invalid(
                    field,
                    "invalid_value",
                    "%s is %d, but must divide the %d heads".formatted(field, count, tokens.getHeads()));
        }
        long weights = (long) rows(tokens) * tokens.getPatches() * pictures;
        if (weights > MOST_WEIGHTS) {
            throw GatewayException.invalid(
                    field,
                    "invalid_value",
                    "%s is %d: that makes %d numbers, the limit is %d".formatted(field, count, weights, MOST_WEIGHTS));
        }
    }

    /** Rows of weights of one picture, each over all patches. */
    int rows(QueryTokens tokens) {
        return tokens.getCrossLayersCount() * count * (tokens.getPartial() + tokens.getGlobal());
    }
}
