package dev.pargo.projector;

import dev.pargo.proto.WireTensor;

/**
 * What is wanted of one image's features.
 *
 * @param features        [patches, width]
 * @param attentionGroups 0 for the visual tokens; otherwise the cross-attention, in so many groups of heads
 */
record Projection(WireTensor features, int attentionGroups) {

    static Projection tokens(WireTensor features) {
        return new Projection(features, 0);
    }

    boolean wantsTokens() {
        return attentionGroups == 0;
    }
}
