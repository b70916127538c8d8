package dev.pargo.gateway.replica;

import java.time.Duration;

/**
 * A question that a replica is asked repeatedly, one at a time on each connection. Not thread-safe: its watch guards
 * it.
 */
final class Probe {

    private static final int NONE = -1;

    private int connection = NONE;
    private long askedAt;

    /** True if it must be asked now; false if an answer on this connection is still due. */
    boolean ask(int on) {
        if (isOpen(on)) {
            return false;
        }
        connection = on;
        askedAt = System.nanoTime();
        return true;
    }

    void end() {
        connection = NONE;
    }

    /** Whether an answer on this connection is due. */
    boolean isOpen(int on) {
        return connection == on;
    }

    /** Whether this time has passed since it was last asked. */
    boolean isOlderThan(Duration pause) {
        return System.nanoTime() - askedAt >= pause.toNanos();
    }
}
