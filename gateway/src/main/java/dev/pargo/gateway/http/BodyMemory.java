package dev.pargo.gateway.http;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Bounds the memory of all request bodies together. Bytes count from their arrival until the request no longer needs
 * them. Announced bytes do not count.
 *
 * <p>If the memory is full, the body that has been arriving for the longest time is dropped, so that slow clients
 * cannot keep others out. Complete bodies and very recent ones are never dropped. Thread-safe.
 */
final class BodyMemory {

    /**
     * Parsing a body takes a few times its memory for a short time. For smaller bodies than this it does not matter.
     */
    private static final int LARGE = 256 * 1024;

    /** Number of large bodies that are parsed at the same time. */
    private static final int LARGE_AT_ONCE = 2;

    /** Time for which an arriving body cannot be dropped for others. */
    private static final long PROTECTED_NANOS = 1_000_000_000;

    private final long capacity;
    private final Semaphore large = new Semaphore(LARGE_AT_ONCE, true);
    private long used;
    private final Set<Share> arriving = new LinkedHashSet<>();

    /** @param capacity capacity in bytes */
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

    /** Runs work whose memory is proportional to a body, for a few large bodies at a time. */
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

    /** Number of bytes that are held. */
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

    /** The memory of one body. */
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

        /**
         * Called when the body has arrived: from then on the share cannot be taken away. Returns false if it has been
         * taken away already.
         */
        boolean complete() {
            synchronized (BodyMemory.this) {
                arriving.remove(this);
                return !closed;
            }
        }

        /** Gives back all except a number of bytes. */
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
