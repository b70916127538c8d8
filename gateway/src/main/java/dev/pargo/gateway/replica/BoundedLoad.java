package dev.pargo.gateway.replica;

import java.util.Comparator;
import java.util.List;

/**
 * Consistent hashing with bounded loads (Mirrokni, Thorup, Zadimoghaddam, 2016, arXiv:1608.01350): a key has an order of
 * all replicas, and its call goes to the first of them whose load stays within 1.25 times the average. So calls with one
 * key meet at one replica, no replica is loaded much more than the others, and one that comes or goes moves its own keys
 * only. Beyond the paper, a replica with less load than {@code room} is taken whatever the average is: balancing a few
 * calls is worth less than meeting what is remembered.
 *
 * <p>The order is that of rendezvous hashing (Thaler, Ravishankar, 1998), which for a handful of replicas needs no ring. It
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
