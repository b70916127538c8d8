package dev.pargo.gateway.loopback;

import com.google.protobuf.ByteString;
import dev.pargo.proto.v1.TensorChunk;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** How a loopback stage treats its calls. */
public final class Behaviour {

    /** Failures of the next calls, in order. */
    public final Queue<RuntimeException> failures = new ConcurrentLinkedQueue<>();

    /** Number of calls so far. */
    public final AtomicInteger calls = new AtomicInteger();

    /** The times of all cancellations in nanoseconds. */
    public final BlockingQueue<Long> cancellations = new LinkedBlockingQueue<>();

    /** Calls get their answer, or this failure, when it completes. */
    public volatile CompletableFuture<Void> release = CompletableFuture.completedFuture(null);

    /** Calls get no answer. */
    public volatile boolean hang;

    /** Number of the next tensors that are damaged in transit. */
    public final AtomicInteger damages = new AtomicInteger();

    /** The producers of the received tensors. */
    public final Queue<String> producers = new ConcurrentLinkedQueue<>();

    /** Counts a call. Returns true if it must be answered. */
    boolean takes(StreamObserver<?> response) {
        calls.incrementAndGet();
        ((ServerCallStreamObserver<?>) response).setOnCancelHandler(() -> cancellations.add(System.nanoTime()));
        @Nullable RuntimeException failure = failures.poll();
        if (failure != null) {
            response.onError(failure);
        }
        return failure == null;
    }

    /** Answers when the gate is open. */
    void answer(StreamObserver<?> response, Runnable answer) {
        release.whenComplete((released, failure) -> {
            if (failure == null) {
                answer.run();
            } else {
                response.onError(failure);
            }
        });
    }

    /** The tensor's chunks as they arrive. */
    TensorChunk carry(TensorChunk chunk) {
        if (!chunk.hasData() || damages.getAndUpdate(left -> Math.max(0, left - 1)) == 0) {
            return chunk;
        }
        byte[] bytes = chunk.getData().toByteArray();
        bytes[bytes.length / 2] ^= 1;
        return chunk.toBuilder().setData(ByteString.copyFrom(bytes)).build();
    }

    public void reset() {
        release = CompletableFuture.completedFuture(null);
        failures.clear();
        cancellations.clear();
        calls.set(0);
        producers.clear();
        damages.set(0);
        hang = false;
    }
}
