package dev.pargo.gateway.replica;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Which of several replicas takes the next call. */
public interface Choice {

    /**
     * Chooses a replica.
     *
     * @param candidates at least one
     */
    <R extends Replica<?>> R among(List<R> candidates);

    /**
     * The less loaded of two drawn at random: as good as the least loaded of all where there are two, and without the herd
     * that runs to one replica where several gateways look at many (Mitzenmacher, "The Power of Two Choices in Randomized
     * Load Balancing", 2001).
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
     * Always the same for a key, as long as that one has room or is not loaded much above the average; then the key's next.
     *
     * @param key    equal for calls that should meet at one replica
     * @param weight what the call adds to a replica's load
     * @param room   load up to which a replica counts as having room
     */
    static Choice affine(long key, int weight, int room) {
        return new BoundedLoad(key, weight, room);
    }
}
