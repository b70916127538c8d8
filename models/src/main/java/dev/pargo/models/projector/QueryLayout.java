package dev.pargo.models.projector;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The query tokens of a projector with cross-attention, and the patches that each may attend to. Partial tokens come first.
 *
 * @param partial     partial tokens; 0 in a Q-Former
 * @param global      tokens that attend to all patches
 * @param patches     patch features of one image, in raster order
 * @param heads       attention heads of a layer
 * @param crossLayers indices of the layers with cross-attention, ascending
 */
public record QueryLayout(int partial, int global, int patches, int heads, List<Integer> crossLayers) {

    public QueryLayout {
        crossLayers = List.copyOf(crossLayers);
    }

    /** Partial and global tokens together. */
    public int count() {
        return partial + global;
    }

    /**
     * The patches that a token may attend to: its group for a partial token, all patches for a global token.
     *
     * @param token 0 to {@link #count()} - 1
     */
    public int[] patchesOf(int token) {
        if (token >= partial) {
            return IntStream.range(0, patches).toArray();
        }
        int group = patches / partial;
        return IntStream.range(token * group, (token + 1) * group).toArray();
    }
}
