package dev.pargo.gateway.replica;

import java.util.concurrent.atomic.AtomicInteger;

/** The work that this gateway has given to one replica and that is not done yet. Thread-safe. */
final class Load {

    private final AtomicInteger outstanding = new AtomicInteger();

    int outstanding() {
        return outstanding.get();
    }

    /** Takes work on. */
    Lease lease(int weight) {
        outstanding.addAndGet(weight);
        return new Lease(() -> outstanding.addAndGet(-weight));
    }
}
