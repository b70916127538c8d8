package dev.pargo.stage.status;

import dev.pargo.stage.device.DeviceExecutor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Health of a stage: its device's executor is alive. Weights need no word here: a stage is not created without them.
 */
public final class StageHealth implements HealthIndicator {

    private final DeviceExecutor device;

    public StageHealth(DeviceExecutor device) {
        this.device = device;
    }

    @Override
    public Health health() {
        return device.isAlive() ? Health.up().build() : Health.down().build();
    }
}
