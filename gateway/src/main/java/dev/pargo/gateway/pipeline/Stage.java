package dev.pargo.gateway.pipeline;

import dev.pargo.proto.v1.DescribeRequest;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One stage service behind one target, be it one process or several replicas: its channel, and what it last said of
 * itself. Thread-safe.
 *
 * @param <D> the stage's description
 */
final class Stage<D> {

    private final StageKind kind;
    private final String target;
    private final ManagedChannel channel;
    private final MethodDescriptor<DescribeRequest, D> describe;
    private final Duration timeout;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final AtomicReference<@Nullable CompletableFuture<Void>> inFlight = new AtomicReference<>();
    private volatile @Nullable StageStatus<D> status;

    Stage(
            StageKind kind,
            String target,
            ManagedChannel channel,
            MethodDescriptor<DescribeRequest, D> describe,
            Duration timeout) {
        this.kind = kind;
        this.target = target;
        this.channel = channel;
        this.describe = describe;
        this.timeout = timeout;
    }

    StageKind kind() {
        return kind;
    }

    String target() {
        return target;
    }

    Channel channel() {
        return channel;
    }

    /** Whether anything is known of the stage. */
    boolean hasBeenAsked() {
        return status != null;
    }

    StageStatus<D> status() {
        StageStatus<D> known = status;
        return known == null ? StageStatus.away("has not been asked yet") : known;
    }

    /** Calls the listener after every answer of the stage, and after every lack of one. */
    void onStatus(Runnable listener) {
        listeners.add(listener);
    }

    /** Follows the channel: whenever it connects or loses its last connection, the stage is asked again. */
    void watch() {
        ConnectivityState state = channel.getState(true);
        if (state == ConnectivityState.SHUTDOWN) {
            return;
        }
        channel.notifyWhenStateChanged(state, () -> {
            ConnectivityState now = channel.getState(false);
            if (now == ConnectivityState.READY || now == ConnectivityState.TRANSIENT_FAILURE) {
                describe();
            }
            watch();
        });
    }

    /** Looks for new replicas and tries lost ones again at once, then asks the stage. */
    void probe() {
        channel.resetConnectBackoff();
        describe();
    }

    /**
     * Asks the stage to describe itself; concurrent callers share one call.
     *
     * @return completes, never exceptionally, when the status has been brought up to date
     */
    CompletableFuture<Void> describe() {
        CompletableFuture<Void> mine = new CompletableFuture<>();
        @Nullable CompletableFuture<Void> running = inFlight.compareAndExchange(null, mine);
        if (running != null) {
            return running;
        }
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS);
        ClientCalls.asyncUnaryCall(
                channel.newCall(describe, options), DescribeRequest.getDefaultInstance(), new StreamObserver<>() {
                    @Override
                    public void onNext(D description) {
                        status = StageStatus.described(description);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        status = StageStatus.away(reason(Status.fromThrowable(failure)));
                        finish();
                    }

                    @Override
                    public void onCompleted() {
                        finish();
                    }

                    private void finish() {
                        inFlight.set(null);
                        listeners.forEach(Runnable::run);
                        mine.complete(null);
                    }
                });
        return mine;
    }

    private static String reason(Status failure) {
        return switch (failure.getCode()) {
            case UNAVAILABLE -> "is away";
            case DEADLINE_EXCEEDED -> "does not answer";
            case UNIMPLEMENTED -> "is not of this kind of service";
            default -> "cannot describe itself (" + failure.getCode() + ")";
        };
    }
}
