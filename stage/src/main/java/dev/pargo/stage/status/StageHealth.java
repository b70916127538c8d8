package dev.pargo.stage.status;

import dev.pargo.stage.device.DeviceExecutor;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Health of a stage: up if its device works, and all else that it needs. The weights are loaded before this exists. */
public final class StageHealth implements HealthIndicator {

    private final @Nullable DeviceExecutor device;
    private final List<ReadinessCheck> others;

    /** @param device null if the stage has none of its own */
    public StageHealth(@Nullable DeviceExecutor device, List<ReadinessCheck> others) {
        this.device = device;
        this.others = List.copyOf(others);
    }

    @Override
    public Health health() {
        Optional<Health> down =
                Optional.ofNullable(device).flatMap(DeviceExecutor::trouble).map(trouble -> down("device", trouble));
        for (ReadinessCheck other : others) {
            down = down.or(() -> other.trouble().map(trouble -> down("network", trouble)));
        }
        return down.orElseGet(() -> Health.up().build());
    }

    private static Health down(String what, String trouble) {
        return Health.down().withDetail(what, trouble).build();
    }
}
