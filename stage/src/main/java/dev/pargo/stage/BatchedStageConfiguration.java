package dev.pargo.stage;

import dev.pargo.stage.call.BatchedStage;
import dev.pargo.stage.device.DeviceExecutor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Imported by the stages that run batches. The service contributes its {@link BatchedStage}. */
@Configuration(proxyBeanMethods = false)
@Import({StageConfiguration.class, DeviceConfiguration.class})
public class BatchedStageConfiguration {

    @Bean
    DeviceExecutor device(BatchedStage<?> stage, StageServices services) {
        return services.device(stage.batcher(), stage.selfCheck());
    }
}
