package dev.pargo.gateway.pipeline;

import java.util.List;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Ready while at least one pipeline is ready. A gateway that has lost one of several models still serves the others.
 * The details tell what each pipeline lacks.
 */
@Component
final class PipelinesHealthIndicator implements HealthIndicator {

    private final Pipelines pipelines;

    PipelinesHealthIndicator(Pipelines pipelines) {
        this.pipelines = pipelines;
    }

    @Override
    public Health health() {
        Health.Builder health = Health.down();
        List<Pipeline> all = pipelines.all();
        for (int i = 0; i < all.size(); i++) {
            Pipeline pipeline = all.get(i);
            if (pipeline.state().isReady()) {
                health.up();
            }
            health.withDetail(pipeline.name().orElse("pipeline " + i), pipeline.summary());
        }
        return health.build();
    }
}
