package dev.pargo.stage.admission;

import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.service.admission.SharedCapacity;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Bounds the number of requests in a stage and the bytes they hold, from a request's header until its answer has been
 * sent.
 *
 * <p>One bound at admission replaces one at every later queue: uploads, image decoding, batching and slow readers share
 * it. A request larger than the bound on bytes is admitted if no other request is in the stage. Both bounds are shared
 * between clients, so that no client takes all of either (see {@link SharedCapacity}).
 *
 * <p>If there is no room, the request that has been arriving for the longest time is evicted, so that clients that announce
 * requests and do not send them keep nobody out. Complete requests and very recent ones are never evicted. Thread-safe.
 */
public final class Admission {

    /** Time for which an arriving request cannot be evicted. */
    private static final Duration PROTECTED = Duration.ofSeconds(1);

    private final Supplier<Duration> retryAfter;
    private final SharedCapacity requests;
    private final SharedCapacity bytes;
    private final Set<Ticket> arriving = new LinkedHashSet<>();

    /** @param retryAfter when a refused request may be admitted; called at each refusal */
    public Admission(AdmissionLimits limits, Supplier<Duration> retryAfter) {
        this.requests = new SharedCapacity(limits.maxRequests());
        this.bytes = new SharedCapacity(limits.maxSize().toBytes());
        this.retryAfter = retryAfter;
    }

    /**
     * Admits a request.
     *
     * @param client opaque name of the client
     * @param size   memory that the request will take, in bytes
     * @return close it when the request is over
     * @throws StatusRuntimeException QUEUE_FULL with a retry delay
     */
    public Ticket admit(String client, long size) {
        Ticket ticket = new Ticket(client);
        take(() -> tryAdmit(ticket, size));
        return ticket;
    }

    private boolean tryAdmit(Ticket ticket, long size) {
        if (requests.taken() == 0) {
            requests.take(ticket.client, 1);
            bytes.take(ticket.client, size);
        } else if (!bytes.tryTake(ticket.client, size)) {
            return false;
        } else if (!requests.tryTake(ticket.client, 1)) {
            bytes.release(ticket.client, size);
            return false;
        }
        ticket.size = size;
        return true;
    }

    /**
     * Takes what an attempt takes under the lock. If it fails, it is repeated without the oldest arriving requests. They are
     * evicted only if that makes room.
     */
    private void take(BooleanSupplier attempt) {
        List<Ticket> evicted = new ArrayList<>();
        boolean taken;
        synchronized (this) {
            taken = attempt.getAsBoolean();
            Iterator<Ticket> oldest = arriving.iterator();
            while (!taken && oldest.hasNext()) {
                Ticket ticket = oldest.next();
                if (System.nanoTime() - ticket.since < PROTECTED.toNanos()) {
                    break;
                }
                ticket.release();
                evicted.add(ticket);
                taken = attempt.getAsBoolean();
            }
            if (taken) {
                evicted.forEach(arriving::remove);
            } else {
                evicted.forEach(Ticket::restore);
            }
        }
        if (!taken) {
            throw full();
        }
        evicted.forEach(ticket -> ticket.onEviction.accept(full()));
    }

    private StatusRuntimeException full() {
        return new StageError(ErrorReason.QUEUE_FULL, "The stage is busy. Try again later.", retryAfter.get())
                .toException();
    }

    /** Requests in the stage. */
    public int requests() {
        return (int) requests.taken();
    }

    /** Bytes held by the requests in the stage. */
    public long bytes() {
        return bytes.taken();
    }

    /** A request's share of the limits. */
    public final class Ticket implements AutoCloseable {

        private final String client;
        private final long since = System.nanoTime();
        private long size;
        private boolean closed;
        private Consumer<StatusRuntimeException> onEviction = full -> {};

        private Ticket(String client) {
            this.client = client;
        }

        /**
         * Allows to evict the request while it is arriving.
         *
         * @param onEvicted told QUEUE_FULL after the eviction; called on another request's thread, without a lock
         */
        public void allowEviction(Consumer<StatusRuntimeException> onEvicted) {
            synchronized (Admission.this) {
                onEviction = onEvicted;
                if (!closed) {
                    arriving.add(this);
                }
            }
        }

        /** From now on the request is complete, and is not evicted. */
        public void forbidEviction() {
            synchronized (Admission.this) {
                arriving.remove(this);
            }
        }

        /**
         * Enlarges the share, when more is known about the request. Does nothing if it is released.
         *
         * @param more further memory that the request will take
         * @throws StatusRuntimeException QUEUE_FULL with a retry delay, unless this request is the only one
         */
        public void grow(long more) {
            take(() -> closed || tryGrow(more));
        }

        private boolean tryGrow(long more) {
            if (requests.taken() == 1) {
                bytes.take(client, more);
            } else if (!bytes.tryTake(client, more)) {
                return false;
            }
            size += more;
            return true;
        }

        /**
         * Reduces the share, when the request turns out to need less. Does nothing if it is released.
         *
         * @param less memory that the request will not take, at most its share
         */
        public void shrink(long less) {
            synchronized (Admission.this) {
                if (!closed) {
                    bytes.release(client, less);
                    size -= less;
                }
            }
        }

        /** Releases the share; further calls have no effect. */
        @Override
        public void close() {
            synchronized (Admission.this) {
                arriving.remove(this);
                release();
            }
        }

        private void release() {
            if (!closed) {
                closed = true;
                requests.release(client, 1);
                bytes.release(client, size);
            }
        }

        /** Undoes a release. */
        private void restore() {
            closed = false;
            requests.take(client, 1);
            bytes.take(client, size);
        }
    }
}
