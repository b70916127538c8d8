package dev.pargo.stage.status;

import dev.pargo.stage.device.DeviceExecutor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Health of a stage: up if its device works. The weights are loaded before this exists. */
public final class StageHealth implements HealthIndicator {

    private final DeviceExecutor device;

    public StageHealth(DeviceExecutor device) {
        this.device = device;
    }

    @Override
    public Health health() {
        return device.trouble()
                .map(trouble -> Health.down().withDetail("device", trouble).build())
                .orElseGet(() -> Health.up().build());
    }
}
