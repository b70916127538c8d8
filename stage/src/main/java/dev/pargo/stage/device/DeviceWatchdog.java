package dev.pargo.stage.device;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process if its device fails and does not recover. A supervisor then restarts it, the only remedy for a
 * thread that hangs in native code.
 */
public final class DeviceWatchdog implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(DeviceWatchdog.class);
    private static final Duration PERIOD = Duration.ofMillis(200);

    private final DeviceExecutor device;
    private final Duration exitAfter;
    private final Runnable exit;
    private final ScheduledExecutorService clock =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "device-watchdog"));
    private boolean troubled;
    private long since;

    private DeviceWatchdog(DeviceExecutor device, Duration exitAfter, Runnable exit) {
        this.device = device;
        this.exitAfter = exitAfter;
        this.exit = exit;
    }

    /**
     * Starts watching.
     *
     * @param exitAfter time that a device has to recover
     * @param exit      ends the process
     */
    public static DeviceWatchdog start(DeviceExecutor device, Duration exitAfter, Runnable exit) {
        DeviceWatchdog watchdog = new DeviceWatchdog(device, exitAfter, exit);
        watchdog.clock.scheduleWithFixedDelay(watchdog::look, 0, PERIOD.toMillis(), TimeUnit.MILLISECONDS);
        return watchdog;
    }

    private void look() {
        Optional<String> trouble = device.trouble();
        if (trouble.isEmpty()) {
            if (troubled) {
                log.info("The stage is ready again");
            }
            troubled = false;
            return;
        }
        long now = System.nanoTime();
        if (!troubled) {
            troubled = true;
            since = now;
            log.error(
                    "The stage is not ready: {}. The process is ended if this lasts for {} s",
                    trouble.get(),
                    exitAfter.toSeconds());
        }
        if (now - since >= exitAfter.toNanos()) {
            log.error("Ending the process: {}", trouble.get());
            exit.run();
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
