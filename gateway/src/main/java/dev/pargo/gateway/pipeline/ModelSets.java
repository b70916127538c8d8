package dev.pargo.gateway.pipeline;

import dev.pargo.gateway.replica.Hashing;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Chooses one of the sets of a model. */
final class ModelSets {

    private ModelSets() {}

    /**
     * Returns the set for a request. The same key gets the same set as long as the sets do not change. Each set gets
     * requests in proportion to its capacity (weighted rendezvous hashing). A set in which a stage has only silent
     * replicas is used only if there is no other.
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
