package dev.pargo.stage.admission;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Counts the work done for each client, so that the client with the least work is served next: the virtual token
 * counters (VTC) of Sheng et al., "Fairness in Serving Large Language Models" (OSDI 2024, arXiv:2401.00588).
 *
 * <p>A client is active while it has requests. A client that becomes active starts no lower than the least served
 * active client, so that idle time is not saved up as a claim. A client that becomes idle is remembered as long as its
 * count is above that level, so that leaving does not clear its debt. Not thread-safe.
 */
public final class FairShares {

    /** Idle clients that are remembered; if there are more, all of them are forgotten. */
    private static final int MOST_IDLE = 10_000;

    private final Map<String, Long> counters = new HashMap<>();
    private Set<String> active = Set.of();

    /** Sets which clients have requests. */
    public void activate(Set<String> clients) {
        long level = level(clients);
        for (String client : clients) {
            if (!active.contains(client)) {
                counters.merge(client, level, Math::max);
            }
        }
        active = new HashSet<>(clients);
        counters.entrySet().removeIf(entry -> !active.contains(entry.getKey()) && entry.getValue() <= level);
        if (counters.size() > active.size() + MOST_IDLE) {
            counters.keySet().retainAll(active);
        }
    }

    /** Count of the least served client that stays active; if there is none, of the most served one. */
    private long level(Set<String> clients) {
        return clients.stream()
                .filter(active::contains)
                .mapToLong(this::of)
                .min()
                .orElseGet(() -> counters.values().stream()
                        .mapToLong(Long::longValue)
                        .max()
                        .orElse(0));
    }

    /** Counts work that was done for a client. */
    public void charge(String client, long work) {
        counters.merge(client, work, Long::sum);
    }

    /** Work done for a client. */
    public long of(String client) {
        return counters.getOrDefault(client, 0L);
    }
}
