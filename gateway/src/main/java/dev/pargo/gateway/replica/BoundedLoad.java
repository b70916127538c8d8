package dev.pargo.gateway.replica;

import java.util.Comparator;
import java.util.List;

/**
 * Consistent hashing with bounded loads (Mirrokni, Thorup, Zadimoghaddam, 2016, arXiv:1608.01350): a key has an order
 * of all replicas, and its call goes to the first of them whose load stays within 1.25 times the average. So calls with
 * one key reach the same replica, no replica is loaded much more than the others, and a replica that comes or goes
 * moves only its own keys. In addition to the paper, a replica with less load than {@code room} is taken independent of
 * the average, because a cached prefix is worth more than an even distribution of a few calls.
 *
 * <p>The order is that of rendezvous hashing (Thaler, Ravishankar, 1998), which needs no ring for a few replicas. It
 * depends on addresses alone, so several gateways send a key to the same replica.
 */
record BoundedLoad(long key, int weight, int room) implements Choice {

    private static final double BALANCE = 1.25;

    @Override
    public <R extends Replica<?>> R among(List<R> candidates) {
        int total = candidates.stream().mapToInt(Replica::load).sum() + weight;
        double bound = Math.max(room, Math.ceil(BALANCE * total / candidates.size()));
        List<R> order = candidates.stream()
                .sorted(Comparator.comparingLong((R replica) -> Hashing.mix(key, replica.address()))
                        .thenComparing(Replica::address))
                .toList();
        return order.stream()
                .filter(replica -> replica.load() + weight <= bound)
                .findFirst()
                .orElse(order.get(0));
    }
}
