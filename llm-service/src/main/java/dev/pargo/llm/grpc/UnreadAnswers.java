package dev.pargo.llm.grpc;

import java.util.concurrent.atomic.AtomicLong;
import org.springframework.util.unit.DataSize;

/** Bytes of all requests' answers that are written and not yet read by clients. Thread-safe. */
public final class UnreadAnswers {

    private final long most;
    private final AtomicLong bytes = new AtomicLong();

    public UnreadAnswers(DataSize most) {
        this.most = most.toBytes();
    }

    /** Whether requests with more than their own backlog should pause. */
    boolean areTooMany() {
        return bytes.get() > most;
    }

    /** The share of one request, empty at first. */
    Share open() {
        return new Share();
    }

    /** The unread bytes of one request, until it is closed. Thread-safe. */
    final class Share implements AutoCloseable {

        private long held;
        private boolean closed;

        private Share() {}

        synchronized void set(long waiting) {
            if (!closed) {
                bytes.addAndGet(waiting - held);
                held = waiting;
            }
        }

        @Override
        public synchronized void close() {
            set(0);
            closed = true;
        }
    }
}
