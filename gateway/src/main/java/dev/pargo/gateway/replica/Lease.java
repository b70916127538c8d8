package dev.pargo.gateway.replica;

import java.util.concurrent.atomic.AtomicBoolean;

/** A replica's share of the work, until it is closed. Thread-safe; closing it again has no effect. */
public final class Lease implements AutoCloseable {

    private final AtomicBoolean closed = new AtomicBoolean();
    private final Runnable end;

    Lease(Runnable end) {
        this.end = end;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            end.run();
        }
    }
}
