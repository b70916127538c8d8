package dev.pargo.gateway.replica;

import java.util.concurrent.atomic.AtomicInteger;

/** The unfinished work that this gateway has given to one replica. Thread-safe. */
final class OutstandingWork {

    private final AtomicInteger outstanding = new AtomicInteger();

    int outstanding() {
        return outstanding.get();
    }

    /** Adds work. */
    Lease lease(int weight) {
        outstanding.addAndGet(weight);
        return new Lease(() -> outstanding.addAndGet(-weight));
    }
}
