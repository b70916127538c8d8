package dev.pargo.gateway.loopback;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** How a loopback stage treats its calls. */
public final class Behaviour {

    /** Failures of the next calls, in order. */
    public final Queue<RuntimeException> failures = new ConcurrentLinkedQueue<>();

    /** Calls that have come. */
    public final AtomicInteger calls = new AtomicInteger();

    /** One entry, the time in nanoseconds, for every call that was cancelled. */
    public final BlockingQueue<Long> cancellations = new LinkedBlockingQueue<>();

    /** Calls get no answer. */
    public volatile boolean hang;

    /** Counts a call; true if it is to be answered. */
    boolean takes(StreamObserver<?> response) {
        calls.incrementAndGet();
        ((ServerCallStreamObserver<?>) response).setOnCancelHandler(() -> cancellations.add(System.nanoTime()));
        @Nullable RuntimeException failure = failures.poll();
        if (failure != null) {
            response.onError(failure);
        }
        return failure == null;
    }

    public void reset() {
        failures.clear();
        cancellations.clear();
        calls.set(0);
        hang = false;
    }
}
