package dev.pargo.stage.admission;

import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Bounds the number of requests in a stage and the bytes they hold, from a request's header until its answer has been
 * sent.
 *
 * <p>One bound at admission replaces one at every later queue: uploads, image decoding, batching and slow readers share
 * it. A request larger than the bound on bytes is admitted if no other request is in the stage. Thread-safe.
 */
public final class Admission {

    private final AdmissionLimits limits;
    private final Supplier<Duration> retryAfter;
    private int requests;
    private long bytes;

    /** @param retryAfter when a refused request may be admitted; called at each refusal */
    public Admission(AdmissionLimits limits, Supplier<Duration> retryAfter) {
        this.limits = limits;
        this.retryAfter = retryAfter;
    }

    /**
     * Admits a request.
     *
     * @param bytes memory that the request will take
     * @return close it when the request is over
     * @throws StatusRuntimeException QUEUE_FULL with a retry delay
     */
    public Ticket admit(long bytes) {
        synchronized (this) {
            if (requests < limits.maxRequests() && hasRoom(bytes) || requests == 0) {
                requests++;
                this.bytes += bytes;
                return new Ticket(bytes);
            }
        }
        throw full();
    }

    private boolean hasRoom(long more) {
        return more <= limits.maxSize().toBytes() - bytes;
    }

    private StatusRuntimeException full() {
        return new StageError(ErrorReason.QUEUE_FULL, "The stage is busy. Try again later.", retryAfter.get())
                .toException();
    }

    /** Requests in the stage. */
    public synchronized int requests() {
        return requests;
    }

    /** Bytes held by the requests in the stage. */
    public synchronized long bytes() {
        return bytes;
    }

    private synchronized void release(long bytes) {
        requests--;
        this.bytes -= bytes;
    }

    /** A request's share of the limits. */
    public final class Ticket implements AutoCloseable {

        private long bytes;
        private boolean closed;

        private Ticket(long bytes) {
            this.bytes = bytes;
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
                if (hasRoom(more) || requests == 1) {
                    bytes += more;
                    Admission.this.bytes += more;
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
                    release(bytes);
                }
            }
        }
    }
}
