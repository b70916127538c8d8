package dev.pargo.gateway.inference;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A streaming call that is written and read by one thread. While this thread waits, it runs gRPC's callbacks itself.
 * So each message that arrives wakes up only this thread, and no field needs a lock. Not thread-safe.
 *
 * <p>The stage may send up to {@code window} messages before they are read. gRPC's own blocking call requests messages
 * one at a time, and each request wakes up the connection's thread.
 */
final class StreamingCall<Q, R> {

    private final ClientCall<Q, R> call;
    private final int window;
    private final BlockingQueue<Runnable> callbacks = new LinkedBlockingQueue<>();
    private final Deque<R> arrived = new ArrayDeque<>();
    private boolean begun;
    private int taken;
    private @Nullable Status end;
    private @Nullable Metadata trailers;

    /**
     * Starts a call.
     *
     * @param window most messages that arrive before they are read; at least 1
     */
    StreamingCall(Channel channel, MethodDescriptor<Q, R> method, CallOptions options, int window) {
        this.window = window;
        this.call = channel.newCall(method, options.withExecutor(callbacks::add));
        call.start(new Listener(), new Metadata());
        call.request(window);
    }

    /**
     * Sends a message, and waits for room first. The first message needs no room: it is sent together with the call's
     * headers. (gRPC reports a call ready only after it has sent the headers.)
     *
     * @param millis longest wait for room
     * @return false if the call has ended
     */
    boolean write(Q message, long millis) throws InterruptedException, TimeoutException {
        await(() -> end != null || !begun || call.isReady(), millis);
        if (end == null) {
            begun = true;
            call.sendMessage(message);
        }
        return end == null;
    }

    /** Ends the messages to the stage. */
    void halfClose() {
        call.halfClose();
    }

    /**
     * Waits for the next message.
     *
     * @param millis longest wait
     * @return null if the stage has ended the call
     * @throws StatusException if the call has failed
     */
    @Nullable
    R read(long millis) throws InterruptedException, TimeoutException, StatusException {
        await(() -> end != null || !arrived.isEmpty(), millis);
        @Nullable R message = arrived.poll();
        if (message == null && !end.isOk()) {
            throw end.asException(trailers);
        }
        // Half a window at a time, because each request wakes up the connection's thread.
        if (message != null && 2 * ++taken >= window) {
            call.request(taken);
            taken = 0;
        }
        return message;
    }

    /** Whether the next message has arrived, or the end of the call. */
    boolean hasNext() {
        for (Runnable callback = callbacks.poll(); callback != null; callback = callbacks.poll()) {
            callback.run();
        }
        return end != null || !arrived.isEmpty();
    }

    /** Ends the call from this side. */
    void cancel(String reason) {
        call.cancel(reason, null);
    }

    private void await(BooleanSupplier event, long millis) throws InterruptedException, TimeoutException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (!event.getAsBoolean()) {
            @Nullable Runnable callback = callbacks.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (callback == null) {
                throw new TimeoutException();
            }
            callback.run();
        }
    }

    private final class Listener extends ClientCall.Listener<R> {

        @Override
        public void onMessage(R message) {
            arrived.add(message);
        }

        @Override
        public void onClose(Status status, Metadata last) {
            end = status;
            trailers = last;
        }
    }
}
