package dev.pargo.stage.device;

import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.service.failure.FailureLine;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The only thread that uses a device. One forward pass uses the whole device, so two at once would slow each other
 * down. Also, libtorch keeps a thread pool for every thread that calls it.
 *
 * <p>If a step throws, the thread ends and all waiting work fails at once. {@link #trouble} reports this, and also a
 * step that does not end and steps that always fail.
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

    /** Why the device does not work, as a clause; empty if it works. Thread-safe. */
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
     * Waits for the current step, fails waiting work with DRAINING, and returns when the device is no longer used. If
     * the step does not end, the process is ended, because freeing the memory that the step uses would crash it.
     */
    @Override
    public void close() {
        closing = true;
        thread.interrupt();
        try {
            thread.join(limits.stuckAfter().toMillis());
            if (thread.isAlive()) {
                log.error("Ending the process: a step of {} does not finish", thread.getName());
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
                // The result of the last step stays.
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
            log.error("{} has crashed and the stage stops working: {}", thread.getName(), FailureLine.of(crash));
            log.debug("Where it crashed", crash);
            reason = new StageError(ErrorReason.DEVICE_LOST, "The stage's device has failed.");
        } finally {
            work.abandon(reason);
        }
    }
}
