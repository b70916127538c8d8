package dev.pargo.stage.call;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages only as fast as the client reads them, and closes the response exactly once. The sender's threads take
 * messages from the source, serialise and send them; the device's thread does not. Thread-safe.
 *
 * <p>Create it before the service method returns, because gRPC accepts an on-ready handler only until then.
 */
final class ResponseSender<T> {

    private final ServerCallStreamObserver<T> out;
    private final Executor threads;
    private final Consumer<RuntimeException> onFailure;
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private @Nullable MessageSource<T> source;
    private boolean closed;

    /** @param onFailure called if the source or the transport throws */
    ResponseSender(ServerCallStreamObserver<T> out, Executor threads, Consumer<RuntimeException> onFailure) {
        this.out = out;
        this.threads = threads;
        this.onFailure = onFailure;
        out.setOnReadyHandler(this::sendWhatIsReady);
    }

    /** Sets the source of the messages and begins to send them. */
    void open(MessageSource<T> messages) {
        synchronized (this) {
            if (source != null) {
                throw new IllegalStateException("a call sends one sequence of messages");
            }
            source = messages;
        }
        wake();
    }

    /** Signals that the source has more messages or has ended. */
    void wake() {
        if (scheduled.compareAndSet(false, true)) {
            try {
                threads.execute(this::sendWhatIsReady);
            } catch (RejectedExecutionException shutDown) {
                // The server has been shut down and has ended all calls.
                scheduled.set(false);
            }
        }
    }

    /** Closes the response with an error, unless it is closed. Unsent messages are dropped. */
    synchronized void fail(StatusRuntimeException error) {
        if (!closed) {
            stop();
            out.onError(error);
        }
    }

    /** Stops sending; for a call that was cancelled. */
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
