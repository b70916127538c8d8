package dev.pargo.stage;

import dev.pargo.stage.device.DeviceExecutor;
import dev.pargo.stage.device.DeviceWatchdog;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Imported by the stages that have a device of their own. The service contributes its {@link DeviceExecutor}. */
@Configuration(proxyBeanMethods = false)
public class DeviceConfiguration {

    @Bean
    DeviceWatchdog watchdog(DeviceExecutor device, StageProperties properties) {
        return DeviceWatchdog.start(device, properties.watchdog().exitAfter(), StageServices::halt);
    }
}
