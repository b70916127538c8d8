package dev.pargo.stage.admission;

import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.service.admission.SharedCapacity;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Bounds the number of requests in a stage and the bytes they hold, from a request's header until its answer has been
 * sent.
 *
 * <p>One bound at admission replaces one at every later queue: uploads, image decoding, batching and slow readers share
 * it. A request larger than the bound on bytes is admitted if no other request is in the stage. Both bounds are shared
 * between clients, so that no client takes all of either (see {@link SharedCapacity}). Thread-safe.
 */
public final class Admission {

    private final Supplier<Duration> retryAfter;
    private final SharedCapacity requests;
    private final SharedCapacity bytes;

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
        synchronized (this) {
            if (requests.taken() == 0) {
                requests.take(client, 1);
                bytes.take(client, size);
                return new Ticket(client, size);
            }
            if (bytes.tryTake(client, size)) {
                if (requests.tryTake(client, 1)) {
                    return new Ticket(client, size);
                }
                bytes.release(client, size);
            }
        }
        throw full();
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
        private long size;
        private boolean closed;

        private Ticket(String client, long size) {
            this.client = client;
            this.size = size;
        }

        /**
         * Enlarges the share, when more is known about the request. Does nothing if it is released.
         *
         * @param more further memory that the request will take
         * @throws StatusRuntimeException QUEUE_FULL with a retry delay, unless this request is the only one
         */
        public void grow(long more) {
            synchronized (Admission.this) {
                if (closed) {
                    return;
                }
                if (requests.taken() == 1) {
                    bytes.take(client, more);
                    size += more;
                    return;
                }
                if (bytes.tryTake(client, more)) {
                    size += more;
                    return;
                }
            }
            throw full();
        }

        /** Releases the share; further calls have no effect. */
        @Override
        public void close() {
            synchronized (Admission.this) {
                if (!closed) {
                    closed = true;
                    requests.release(client, 1);
                    bytes.release(client, size);
                }
            }
        }
    }
}
