package dev.pargo.stage.device;

import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that works a device. A forward pass uses all of the device, so a second one beside it would only slow
 * both down; and libtorch keeps a pool of helpers for every thread that calls it.
 *
 * <p>If the work throws, the thread ends and everything that waits fails at once. {@link #trouble} tells that, and of a
 * step that does not end, and of steps that always fail.
 */
public final class DeviceExecutor implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(DeviceExecutor.class);

    private final DeviceWork work;
    private final WatchdogLimits limits;
    private final Runnable exit;
    private final Thread thread;
    private volatile boolean closing;
    private volatile boolean stepping;
    private volatile long stepBegan;
    private volatile int failedSteps;

    private DeviceExecutor(String name, DeviceWork work, WatchdogLimits limits, Runnable exit) {
        this.work = work;
        this.limits = limits;
        this.exit = exit;
        this.thread = new Thread(this::run, name);
    }

    /**
     * Starts the thread.
     *
     * @param exit ends the process
     */
    public static DeviceExecutor start(String name, DeviceWork work, WatchdogLimits limits, Runnable exit) {
        DeviceExecutor executor = new DeviceExecutor(name, work, limits, exit);
        executor.thread.start();
        return executor;
    }

    /** Why the device does not work, a clause; empty if it does. Thread-safe. */
    public Optional<String> trouble() {
        if (!thread.isAlive()) {
            return Optional.of(thread.getName() + " has ended");
        }
        Duration step = stepping ? Duration.ofNanos(System.nanoTime() - stepBegan) : Duration.ZERO;
        if (step.compareTo(limits.stuckAfter()) > 0) {
            return Optional.of("a step of %s has taken %d s so far".formatted(thread.getName(), step.toSeconds()));
        }
        int failed = failedSteps;
        if (failed >= limits.failedSteps()) {
            return Optional.of("the last %d steps of %s have failed".formatted(failed, thread.getName()));
        }
        return Optional.empty();
    }

    /**
     * Lets the current step end, fails what waits with DRAINING, and returns when the device is not used any more. A step
     * that does not end ends the process: to free the memory that it works on would crash it.
     */
    @Override
    public void close() {
        closing = true;
        thread.interrupt();
        try {
            thread.join(limits.stuckAfter().toMillis());
            if (thread.isAlive()) {
                log.error("The process ends: a step of {} does not", thread.getName());
                exit.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void count(DeviceWork.Result result) {
        switch (result) {
            case SUCCEEDED -> failedSteps = 0;
            case FAILED -> failedSteps = failedSteps + 1;
            case UNKNOWN -> {
                // What was known before still holds.
            }
        }
    }

    private void run() {
        StageError reason = new StageError(ErrorReason.DRAINING, "The stage is shutting down.");
        try {
            while (!closing) {
                work.await();
                stepBegan = System.nanoTime();
                stepping = true;
                count(work.step());
                stepping = false;
            }
        } catch (InterruptedException closed) {
            // Only close() interrupts this thread.
        } catch (Throwable crash) {
            log.error("{} has crashed; the stage does no more work: {}", thread.getName(), crash.toString());
            log.debug("Where it crashed", crash);
            reason = new StageError(ErrorReason.DEVICE_LOST, "The stage's device has failed.");
        } finally {
            work.abandon(reason);
        }
    }
}
