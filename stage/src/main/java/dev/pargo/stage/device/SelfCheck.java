package dev.pargo.stage.device;

import dev.pargo.proto.StageError;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether infinities and NaNs in a result come from a broken network or from the request. After such a
 * result, the next step of the device also computes a known input. If that fails as well, the step counts as failed,
 * and so does every further step until the known input succeeds. So a single request cannot take a stage down. {@link
 * #suspect} is thread-safe.
 */
public final class SelfCheck {

    private static final Logger log = LoggerFactory.getLogger(SelfCheck.class);

    /**
     * Time without further checks after a check that passed, so that harmful requests do not double the device's work.
     */
    static final Duration PAUSE = Duration.ofSeconds(10);

    private final BooleanSupplier probe;
    private final LongSupplier nanoClock;
    private volatile boolean suspected;
    private boolean hasPassed;
    private long passedAt;

    /**
     * @param probe computes a known input on the device's thread; returns whether all numbers of the result are finite
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

    /** The same work, with a check in a step after {@link #suspect}. */
    public DeviceWork guard(DeviceWork work) {
        return new DeviceWork() {
            @Override
            public void await() throws InterruptedException {
                work.await();
            }

            @Override
            public Result step() {
                return verify(work.step());
            }

            @Override
            public void abandon(StageError reason) {
                work.abandon(reason);
            }
        };
    }

    private DeviceWork.Result verify(DeviceWork.Result result) {
        if (!suspected || result == DeviceWork.Result.FAILED) {
            return result;
        }
        long now = nanoClock.getAsLong();
        if (hasPassed && now - passedAt < PAUSE.toNanos()) {
            suspected = false;
            return result;
        }
        if (passes()) {
            suspected = false;
            hasPassed = true;
            passedAt = now;
            return DeviceWork.Result.SUCCEEDED;
        }
        return DeviceWork.Result.FAILED;
    }

    private boolean passes() {
        try {
            if (probe.getAsBoolean()) {
                return true;
            }
            log.error("The network gives no finite numbers for a known input either");
        } catch (RuntimeException failure) {
            log.error("The network fails for a known input: {}", failure.toString());
        }
        return false;
    }
}
