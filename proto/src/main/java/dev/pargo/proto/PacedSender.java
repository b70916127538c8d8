package dev.pargo.proto;

import io.grpc.stub.CallStreamObserver;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Sends a sequence of messages only as fast as the other side reads them, and closes its half of the call exactly once.
 *
 * <p>Messages are drawn from an iterator while the call is ready, on the thread that calls {@link #send} and later on
 * the call's own. Thread-safe.
 *
 * <p>gRPC accepts an on-ready handler only before the call starts. On a server create the sender before the service
 * method returns, on a client in {@code ClientResponseObserver.beforeStart}. On a server set a cancel handler too and
 * let it call {@link #stop()}.
 */
public final class PacedSender<T> {

    private final CallStreamObserver<T> out;
    private @Nullable Iterator<? extends T> messages;
    private boolean closed;

    public PacedSender(CallStreamObserver<T> out) {
        this.out = out;
        out.setOnReadyHandler(this::pump);
    }

    /** Sends all messages, then completes this half of the call. Without effect after {@link #fail} or {@link #stop}. */
    public synchronized void send(Iterator<? extends T> messages) {
        if (this.messages != null) {
            throw new IllegalStateException("a call sends one sequence of messages");
        }
        if (!closed) {
            this.messages = messages;
            pump();
        }
    }

    /**
     * Ends this half of the call with an error, unless it has ended. Messages not sent yet are dropped. A client that
     * gives up rather calls {@link #stop()} and cancels the call, which works until the answer has come.
     */
    public synchronized void fail(Throwable error) {
        if (!closed) {
            stop();
            out.onError(error);
        }
    }

    /** Sends nothing any more; for a call that has been or is about to be cancelled. */
    public synchronized void stop() {
        closed = true;
        messages = null;
    }

    private synchronized void pump() {
        while (messages != null) {
            if (!messages.hasNext()) {
                stop();
                out.onCompleted();
            } else if (out.isReady()) {
                out.onNext(messages.next());
            } else {
                return;
            }
        }
    }
}
