package dev.pargo.stage.call;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages only as fast as the client reads them, and closes the response exactly once. Messages are drawn from their
 * source, serialised and sent by the call's own threads, never by the thread that makes them. Thread-safe.
 *
 * <p>To be created before the service method returns, because gRPC accepts an on-ready handler only until then.
 */
final class ResponseSender<T> {

    private final ServerCallStreamObserver<T> out;
    private final Executor threads;
    private final Consumer<RuntimeException> onFailure;
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private @Nullable MessageSource<T> source;
    private boolean closed;

    /** @param onFailure told if the source or the transport throws */
    ResponseSender(ServerCallStreamObserver<T> out, Executor threads, Consumer<RuntimeException> onFailure) {
        this.out = out;
        this.threads = threads;
        this.onFailure = onFailure;
        out.setOnReadyHandler(this::sendWhatIsReady);
    }

    /** Sets where the messages come from, and begins to send them. */
    void open(MessageSource<T> messages) {
        synchronized (this) {
            if (source != null) {
                throw new IllegalStateException("a call sends one sequence of messages");
            }
            source = messages;
        }
        wake();
    }

    /** Says that the source may have more messages than before, or has ended. */
    void wake() {
        if (scheduled.compareAndSet(false, true)) {
            try {
                threads.execute(this::sendWhatIsReady);
            } catch (RejectedExecutionException shutDown) {
                // The server has been shut down, and every call with it.
                scheduled.set(false);
            }
        }
    }

    /** Closes the response with an error, unless it is closed. Messages that have not been sent are dropped. */
    synchronized void fail(StatusRuntimeException error) {
        if (!closed) {
            stop();
            out.onError(error);
        }
    }

    /** Sends nothing any more; for a call that was cancelled. */
    synchronized void stop() {
        closed = true;
    }

    private void sendWhatIsReady() {
        scheduled.set(false);
        try {
            pump();
        } catch (RuntimeException failure) {
            onFailure.accept(failure);
        }
    }

    private synchronized void pump() {
        MessageSource<T> messages = source;
        while (messages != null && !closed) {
            if (messages.isExhausted()) {
                stop();
                out.onCompleted();
                return;
            }
            @Nullable T next = out.isReady() ? messages.poll() : null;
            if (next == null) {
                return;
            }
            out.onNext(next);
        }
    }
}
