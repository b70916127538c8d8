package dev.pargo.gateway.pipeline;

import dev.pargo.gateway.replica.Hashing;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Chooses between the sets of a model. */
final class ModelSets {

    private ModelSets() {}

    /**
     * The set for a request: always the same for a key as long as the sets stay, and in proportion to what they can take
     * on (weighted rendezvous hashing). A set with a stage of which all replicas are silent is used only if
     * there is no other.
     *
     * @param refused sets that have failed this request
     */
    static Optional<ModelSet> choose(List<ModelSet> sets, long key, Set<ModelSet.Id> refused) {
        List<ModelSet> open =
                sets.stream().filter(set -> !refused.contains(set.id())).toList();
        boolean anyReady = open.stream().anyMatch(ModelSet::isReady);
        return open.stream()
                .filter(set -> set.isReady() || !anyReady)
                .max(Comparator.comparingDouble(set -> score(set, key)));
    }

    private static double score(ModelSet set, long key) {
        double uniform = ((Hashing.mix(key, set.fingerprints()) >>> 11) + 0.5) * 0x1.0p-53;
        return -set.capacity() / Math.log(uniform);
    }
}
