package dev.pargo.stage.call;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Resets the streams of calls that ended at the stage's time limit and whose clients do not read. gRPC sends the error
 * only after the earlier messages, so such a stream would keep its buffers as long as its connection.
 */
final class StreamLimit extends ServerStreamTracer.Factory {

    /** Time for the error to reach a client that reads. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    private static final String HEALTH = "grpc.health.";

    private final Duration limit;
    private final ScheduledExecutorService timer;

    /** @param limit longest time of a call */
    StreamLimit(Duration limit, ScheduledExecutorService timer) {
        this.limit = limit.plus(GRACE);
        this.timer = timer;
    }

    /** Health watches have no time limit. */
    @Override
    public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
        return method.startsWith(HEALTH) ? new ServerStreamTracer() {} : new Limited();
    }

    private final class Limited extends ServerStreamTracer {

        private volatile Context.@Nullable CancellableContext context;

        @Override
        public Context filterContext(Context parent) {
            Context.CancellableContext limited = parent.withDeadlineAfter(limit.toNanos(), TimeUnit.NANOSECONDS, timer);
            context = limited;
            return limited;
        }

        @Override
        public void streamClosed(Status status) {
            Context.CancellableContext limited = context;
            if (limited != null) {
                limited.cancel(null);
            }
        }
    }
}
