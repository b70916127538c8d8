package dev.pargo.stage.device;

import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that works a device. A forward pass uses all of the device, so a second one beside it would only slow
 * both down; and libtorch keeps a pool of helpers for every thread that calls it.
 *
 * <p>If the work throws, the thread ends, everything that waits fails at once, and {@link #isAlive()} turns false for
 * good: the stage then reports itself down and is to be restarted.
 */
public final class DeviceExecutor implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(DeviceExecutor.class);

    /** Longest forward pass that a shutdown waits for. */
    private static final Duration LONGEST_STEP = Duration.ofSeconds(60);

    private final DeviceWork work;
    private final Thread thread;
    private volatile boolean closing;

    private DeviceExecutor(String name, DeviceWork work) {
        this.work = work;
        this.thread = new Thread(this::run, name);
    }

    /** Starts the thread. */
    public static DeviceExecutor start(String name, DeviceWork work) {
        DeviceExecutor executor = new DeviceExecutor(name, work);
        executor.thread.start();
        return executor;
    }

    /** True while work is being done; false after a crash or {@link #close()}. */
    public boolean isAlive() {
        return thread.isAlive();
    }

    /** Lets the current step end, fails what waits with DRAINING, and returns when the device is not used any more. */
    @Override
    public void close() {
        closing = true;
        thread.interrupt();
        try {
            thread.join(LONGEST_STEP.toMillis());
            if (thread.isAlive()) {
                log.warn("{} is still busy", thread.getName());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        StageError reason = new StageError(ErrorReason.DRAINING, "The stage is shutting down.");
        try {
            while (!closing) {
                work.step();
            }
        } catch (InterruptedException closed) {
            // Only close() interrupts this thread.
        } catch (Throwable crash) {
            log.error("{} has crashed; the stage does no more work", thread.getName(), crash);
            reason = new StageError(ErrorReason.DEVICE_LOST, "The stage's device has failed.");
        } finally {
            work.abandon(reason);
        }
    }
}
