package dev.pargo.stage.admission;

import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * The door of a stage: bounds the requests inside and their bytes, from a request's header until its answer has left.
 *
 * <p>One bound at the door replaces one at every queue behind it: uploads, image decoding, batching and slow readers
 * share it, and nothing behind it can overflow. A request larger than the bound on bytes is let in when nobody else is
 * inside. Thread-safe.
 */
public final class Admission {

    private final AdmissionLimits limits;
    private final Supplier<Duration> retryAfter;
    private int requests;
    private long bytes;

    /** @param retryAfter when a refused request has a chance; asked for at each refusal */
    public Admission(AdmissionLimits limits, Supplier<Duration> retryAfter) {
        this.limits = limits;
        this.retryAfter = retryAfter;
    }

    /**
     * Lets a request in.
     *
     * @param bytes memory that the request will take
     * @return to be closed when the request is over
     * @throws io.grpc.StatusRuntimeException QUEUE_FULL with a retry delay
     */
    public Ticket admit(long bytes) {
        synchronized (this) {
            boolean fits =
                    requests < limits.maxRequests() && bytes <= limits.maxSize().toBytes() - this.bytes;
            if (fits || requests == 0) {
                requests++;
                this.bytes += bytes;
                return new Ticket(bytes);
            }
        }
        throw new StageError(ErrorReason.QUEUE_FULL, "The stage is busy. Try again later.", retryAfter.get())
                .toException();
    }

    /** Requests inside. */
    public synchronized int requests() {
        return requests;
    }

    /** Bytes held by the requests inside. */
    public synchronized long bytes() {
        return bytes;
    }

    private synchronized void release(long bytes) {
        requests--;
        this.bytes -= bytes;
    }

    /** A request's place inside. */
    public final class Ticket implements AutoCloseable {

        private final long bytes;
        private boolean closed;

        private Ticket(long bytes) {
            this.bytes = bytes;
        }

        /** Gives the place back; further calls have no effect. */
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
