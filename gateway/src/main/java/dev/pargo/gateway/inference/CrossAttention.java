package dev.pargo.gateway.inference;

import dev.pargo.proto.v1.QueryTokens;
import java.nio.FloatBuffer;

/**
 * How much a projector's query tokens attend to each patch of one image.
 *
 * @param tokens     the query tokens
 * @param resizeMode how the image was resized to the square of patches, as the encoder describes it
 * @param groups     groups of heads in each layer
 * @param weights    [crossing layers, groups, tokens, patches]; each row of patches sums to 1
 */
public record CrossAttention(QueryTokens tokens, String resizeMode, int groups, FloatBuffer weights) {

    /** Partial and global tokens together. */
    public int count() {
        return tokens.getPartial() + tokens.getGlobal();
    }

    /**
     * The weight of one patch.
     *
     * @param layer number of the layer among those with cross-attention, from 0
     */
    public float weight(int layer, int group, int token, int patch) {
        int row = (layer * groups + group) * count() + token;
        return weights.get(row * tokens.getPatches() + patch);
    }

    /** Rows and columns of the square grid of patches. */
    public int gridSide() {
        return (int) Math.round(Math.sqrt(tokens.getPatches()));
    }

    /** The first patch that a token may attend to. */
    public int firstPatch(int token) {
        return isPartial(token) ? token * patchesOf(token) : 0;
    }

    /** Number of consecutive patches that a token may attend to. */
    public int patchesOf(int token) {
        return isPartial(token) ? tokens.getPatches() / tokens.getPartial() : tokens.getPatches();
    }

    public boolean isPartial(int token) {
        return token < tokens.getPartial();
    }
}
