package dev.pargo.gateway.http;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Bounds the memory of all request bodies together. Bytes count from their arrival until the request needs them no more;
 * nothing is reserved for bytes that have only been announced.
 *
 * <p>If there is no room for more, the body that has been arriving for the longest time makes room, so that clients that
 * send slowly cannot keep others out. Complete bodies, and those that began a moment ago, are left alone. Thread-safe.
 */
final class BodyMemory {

    /** Reading a body takes a few times its memory for a moment; what is smaller than this does not matter. */
    private static final int LARGE = 256 * 1024;

    /** Large bodies that are read at once. Nothing but the processor holds them up. */
    private static final int LARGE_AT_ONCE = 2;

    /** A body may arrive for so long without having to make room for others. */
    private static final long PROTECTED_NANOS = 1_000_000_000;

    private final long capacity;
    private final Semaphore large = new Semaphore(LARGE_AT_ONCE, true);
    private long used;
    private final Set<Share> arriving = new LinkedHashSet<>();

    /** @param capacity in bytes */
    BodyMemory(long capacity) {
        this.capacity = capacity;
    }

    /**
     * The share of one body, empty at first.
     *
     * @param evict called, without any lock, when the share has been taken away
     */
    Share open(Runnable evict) {
        return new Share(evict);
    }

    /** Does work that takes memory in proportion to a body, for a few large bodies at a time. */
    <T> T bounded(long bodyBytes, Supplier<T> work) {
        if (bodyBytes < LARGE) {
            return work.get();
        }
        large.acquireUninterruptibly();
        try {
            return work.get();
        } finally {
            large.release();
        }
    }

    /** Bytes that are held now. */
    synchronized long used() {
        return used;
    }

    private synchronized boolean take(Share share, int bytes, List<Share> evicted) {
        if (share.closed) {
            return false;
        }
        Iterator<Share> oldest = arriving.iterator();
        while (used + bytes > capacity && oldest.hasNext()) {
            Share other = oldest.next();
            if (System.nanoTime() - other.since < PROTECTED_NANOS) {
                break;
            }
            if (other != share) {
                oldest.remove();
                release(other);
                evicted.add(other);
            }
        }
        if (used + bytes > capacity) {
            return false;
        }
        used += bytes;
        share.held += bytes;
        return true;
    }

    private void release(Share share) {
        used -= share.held;
        share.held = 0;
        share.closed = true;
    }

    /** What one body holds. */
    final class Share implements AutoCloseable {

        private final Runnable evict;
        private final long since = System.nanoTime();
        private long held;
        private boolean closed;

        private Share(Runnable evict) {
            this.evict = evict;
            synchronized (BodyMemory.this) {
                arriving.add(this);
            }
        }

        /** Takes more; false if there is no room, or if the share has been taken away. */
        boolean grow(int bytes) {
            List<Share> evicted = new ArrayList<>();
            boolean granted = take(this, bytes, evicted);
            evicted.forEach(share -> share.evict.run());
            return granted;
        }

        /** The body has arrived: from now on the share cannot be taken away. False if it has been. */
        boolean complete() {
            synchronized (BodyMemory.this) {
                arriving.remove(this);
                return !closed;
            }
        }

        /** Gives back all but a number of bytes. */
        void shrinkTo(long bytes) {
            synchronized (BodyMemory.this) {
                long returned = Math.max(0, held - bytes);
                used -= returned;
                held -= returned;
            }
        }

        @Override
        public void close() {
            synchronized (BodyMemory.this) {
                arriving.remove(this);
                release(this);
            }
        }
    }
}
