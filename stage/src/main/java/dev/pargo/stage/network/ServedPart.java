package dev.pargo.stage.network;

import dev.pargo.models.bundle.BundlePart;
import dev.pargo.models.memory.NetworkUse;
import dev.pargo.models.network.StoredNetwork;

/**
 * The part of a bundle that a stage serves. Every stage service contributes one.
 *
 * @param part         which part of the bundle it is
 * @param network      the part's network
 * @param fingerprint  hash of all that determines the stage's output
 * @param packsWeights see {@link dev.pargo.models.torch.Placement}
 * @param use          most work of one forward pass, for the estimate of memory
 */
public record ServedPart(
        BundlePart part, StoredNetwork<?> network, String fingerprint, boolean packsWeights, NetworkUse use) {}
