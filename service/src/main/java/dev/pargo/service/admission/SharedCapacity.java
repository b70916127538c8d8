package dev.pargo.service.admission;

import java.util.HashMap;
import java.util.Map;

/**
 * A capacity that clients share. A client gets more only while it holds less than {@value #SHARE} times what is free
 * (dynamic thresholds; Choudhury and Hahne, "Dynamic Queue Length Thresholds for Shared-Memory Packet Switches", 1998).
 * So one client alone can hold four fifths, n clients hold equal parts, and a newcomer finds room as long as no crowd of
 * clients has used up the rest. Thread-safe.
 */
public final class SharedCapacity {

    private static final int SHARE = 4;

    private final long capacity;
    private final Map<String, Long> held = new HashMap<>();
    private long taken;

    /** @param capacity at least 1 */
    public SharedCapacity(long capacity) {
        this.capacity = capacity;
    }

    /** Takes an amount for a client if there is room for it. The caller gives it back with {@link #release}. */
    public synchronized boolean tryTake(String client, long amount) {
        long free = capacity - taken;
        if (amount > free || held.getOrDefault(client, 0L) / SHARE >= free) {
            return false;
        }
        take(client, amount);
        return true;
    }

    /** Takes an amount for a client, even if there is no room. */
    public synchronized void take(String client, long amount) {
        held.merge(client, amount, Long::sum);
        taken += amount;
    }

    /** Gives an amount back. */
    public synchronized void release(String client, long amount) {
        held.computeIfPresent(client, (key, own) -> own == amount ? null : Long.valueOf(own - amount));
        taken -= amount;
    }

    /** What all clients hold. */
    public synchronized long taken() {
        return taken;
    }
}
