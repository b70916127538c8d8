package dev.pargo.gateway.replica;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Chooses one of several replicas for the next call. */
public interface Choice {

    /**
     * Chooses a replica.
     *
     * @param candidates at least one
     */
    <R extends Replica<?>> R among(List<R> candidates);

    /**
     * The less loaded of two random replicas. With two replicas this is the least loaded one; with many, it avoids that
     * several gateways send all calls to the same replica (Mitzenmacher, "The Power of Two Choices in Randomized Load
     * Balancing", 2001).
     */
    static Choice leastLoaded() {
        return new Choice() {
            @Override
            public <R extends Replica<?>> R among(List<R> candidates) {
                ThreadLocalRandom random = ThreadLocalRandom.current();
                int first = random.nextInt(candidates.size());
                if (candidates.size() == 1) {
                    return candidates.get(first);
                }
                int second = (first + 1 + random.nextInt(candidates.size() - 1)) % candidates.size();
                R one = candidates.get(first);
                R other = candidates.get(second);
                return other.load() < one.load() ? other : one;
            }
        };
    }

    /**
     * The same replica for a key, as long as it has room or its load is not much above the average; otherwise the key's
     * next one.
     *
     * @param key    equal for calls that should reach the same replica
     * @param weight the call's addition to a replica's load
     * @param room   load up to which a replica counts as having room
     */
    static Choice affine(long key, int weight, int room) {
        return new BoundedLoad(key, weight, room);
    }
}
