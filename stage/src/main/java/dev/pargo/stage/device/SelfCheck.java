package dev.pargo.stage.device;

import dev.pargo.proto.StageError;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Computes a known input, to tell a broken network from requests that lead to no finite numbers. A stage checks its
 * network when it starts, and after a result with NaN or infinite values. If the check fails, the stage ends its work.
 * So no request can take a stage down, and a broken network fails no more than the requests of one step.
 *
 * <p>{@link #suspect} is thread-safe; everything else belongs to the device's thread.
 */
public final class SelfCheck {

    /** Time without further checks after one that passed, so that harmful requests do not double the device's work. */
    static final Duration PAUSE = Duration.ofSeconds(10);

    private final BooleanSupplier probe;
    private final LongSupplier nanoClock;
    private volatile boolean suspected;
    private boolean hasPassed;
    private long passedAt;

    /**
     * @param probe computes a known input; returns whether all numbers of the result are finite
     * @param nanoClock as {@link System#nanoTime()}
     */
    public SelfCheck(BooleanSupplier probe, LongSupplier nanoClock) {
        this.probe = probe;
        this.nanoClock = nanoClock;
    }

    /** Reports a result that is not finite. */
    public void suspect() {
        suspected = true;
    }

    /**
     * Checks the network. Call it before the device's thread starts.
     *
     * @throws BrokenNetworkException if the known input gives no finite numbers
     */
    public void run() {
        if (!probe.getAsBoolean()) {
            throw new BrokenNetworkException();
        }
        suspected = false;
    }

    /**
     * The same work. If there is suspicion, a step first checks the network, and throws if the check fails. If a remote
     * network does not answer the check, the suspicion stays.
     */
    public DeviceWork guard(DeviceWork work) {
        return new DeviceWork() {
            @Override
            public void await() throws InterruptedException {
                work.await();
            }

            @Override
            public Result step() {
                if (suspected) {
                    clearSuspicion();
                }
                return work.step();
            }

            @Override
            public void abandon(StageError reason) {
                work.abandon(reason);
            }
        };
    }

    private void clearSuspicion() {
        long now = nanoClock.getAsLong();
        if (hasPassed && now - passedAt < PAUSE.toNanos()) {
            suspected = false;
            return;
        }
        try {
            run();
        } catch (StatusRuntimeException unanswered) {
            // The network is elsewhere and did not answer, so nothing is known about it. The next step checks again.
            return;
        }
        hasPassed = true;
        passedAt = now;
    }
}
