package dev.pargo.stage.call;

import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the time of a call, whatever its client allows. gRPC enforces the client's own deadline. Thread-safe.
 */
public final class CallTimer implements AutoCloseable {

    private final Duration limit;
    private final ScheduledThreadPoolExecutor timer =
            new ScheduledThreadPoolExecutor(1, task -> new Thread(task, "call-timer"));

    /** @param limit longest time of a call */
    public CallTimer(Duration limit) {
        this.limit = limit;
        timer.setRemoveOnCancelPolicy(true);
    }

    /** The deadline of the current call, as {@link System#nanoTime}. */
    public long deadline() {
        @Nullable Deadline client = Context.current().getDeadline();
        long most = limit.toNanos();
        return System.nanoTime() + (client == null ? most : Math.min(most, client.timeRemaining(TimeUnit.NANOSECONDS)));
    }

    /**
     * Starts the time of a call.
     *
     * @param end called on the timer's thread when time is up, with DEADLINE_EXCEEDED
     * @return cancel it when the call is over
     */
    public Future<?> start(Consumer<StatusRuntimeException> end) {
        return timer.schedule(
                () -> end.accept(Status.DEADLINE_EXCEEDED
                        .withDescription(
                                "the call took longer than %d s, the limit of this stage".formatted(limit.toSeconds()))
                        .asRuntimeException()),
                limit.toNanos(),
                TimeUnit.NANOSECONDS);
    }

    /** Runs a task later, on the timer's thread. The task must not block. */
    public Future<?> after(Duration delay, Runnable action) {
        return timer.schedule(action, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Resets streams that outlive their calls. */
    public ServerStreamTracer.Factory streamLimit() {
        return new StreamLimit(limit, timer);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
