package dev.pargo.models.projector;

import java.util.Collections;
import java.util.List;

/**
 * Attention masks of a partial-global projector. The query tokens are the partial tokens, followed by the global tokens.
 *
 * <p>Partial-global perception (cross-attention): partial token i attends to the i-th group of consecutive patches, a global
 * token to all patches.
 *
 * <p>Cascaded partial perception (self-attention in layer l): partial token i attends to partial token j iff
 * {@code |i - j| <= r_l}; global tokens attend to each other; partial and global tokens never attend to each other. The released
 * code has {@code r_l} unlimited in every layer; the paper widens it from layer to layer, from one-to-one to one-to-all.
 *
 * <p>Masks are row-major, one row for each query, true where the query attends to the key. Source: section 3 of the paper, and
 * {@code get_global_local_attention} of the released code.
 *
 * @param partial partial tokens, at least 1
 * @param global  global tokens
 */
record PartialGlobalMasks(int partial, int global) {

    static final int UNLIMITED = -1;

    private int queries() {
        return partial + global;
    }

    /** [queries, queries]: the self-attention mask of a layer with the given radius. */
    boolean[] selfAttention(int radius) {
        boolean[] mask = new boolean[queries() * queries()];
        for (int i = 0; i < queries(); i++) {
            for (int j = 0; j < queries(); j++) {
                boolean bothPartial = i < partial && j < partial;
                boolean bothGlobal = i >= partial && j >= partial;
                boolean near = radius == UNLIMITED || Math.abs(i - j) <= radius;
                mask[i * queries() + j] = bothGlobal || bothPartial && near;
            }
        }
        return mask;
    }

    /** [queries, patches]: the cross-attention mask of every layer that has one; {@code partial} divides {@code patches}. */
    boolean[] crossAttention(int patches) {
        int group = patches / partial;
        boolean[] mask = new boolean[queries() * patches];
        for (int i = 0; i < queries(); i++) {
            for (int patch = 0; patch < patches; patch++) {
                mask[i * patches + patch] = i >= partial || patch / group == i;
            }
        }
        return mask;
    }

    /** Radii of the released code: unlimited in every layer. */
    static List<Integer> released(int layers) {
        return Collections.nCopies(layers, UNLIMITED);
    }
}
