package dev.pargo.stage.device;

import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * When a device is considered lost.
 *
 * @param stuckAfter  Longest step; a stage whose step takes longer is not ready.
 * @param failedSteps Steps in a row in which nothing succeeded, after which a stage is not ready.
 * @param exitAfter   Time that a stage has to become ready again before its process ends.
 */
public record WatchdogLimits(
        @DefaultValue("2m") Duration stuckAfter,
        @DefaultValue("5") int failedSteps,
        @DefaultValue("10s") Duration exitAfter) {

    /** The default limits. */
    public static final WatchdogLimits DEFAULT = new WatchdogLimits(Duration.ofMinutes(2), 5, Duration.ofSeconds(10));

    public WatchdogLimits {
        if (stuckAfter.isNegative() || stuckAfter.isZero() || failedSteps < 1 || exitAfter.isNegative()) {
            throw new IllegalArgumentException(("pargo.stage.watchdog: stuck-after is %s and failed-steps is %d, which"
                            + " must be positive; exit-after is %s, which must not be negative")
                    .formatted(stuckAfter, failedSteps, exitAfter));
        }
    }
}
