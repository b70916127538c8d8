package dev.pargo.encoder;

import dev.pargo.models.config.ConfigException;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where the encoder's network runs.
 *
 * @param network        {@code local}, or {@code kserve://host:port/model}.
 * @param networkTimeout Longest time that a remote model has for one forward pass.
 */
@ConfigurationProperties("pargo.encoder")
record RemoteProperties(
        @DefaultValue("local") String network,
        @DefaultValue("30s") Duration networkTimeout) {

    RemoteProperties {
        if (networkTimeout.isNegative() || networkTimeout.isZero()) {
            throw new IllegalArgumentException(
                    "pargo.encoder.network-timeout is %s, but must be positive".formatted(networkTimeout));
        }
    }

    /**
     * Checks that a slow remote model is not taken for a device that hangs. A step can ask it twice: a check of the network,
     * then a forward pass.
     *
     * @param stuckAfter longest step
     * @throws ConfigException if the time limit is too long
     */
    void checkWithin(Duration stuckAfter) {
        if (networkTimeout.compareTo(stuckAfter.dividedBy(2)) >= 0) {
            throw new ConfigException(
                    "pargo.encoder.network-timeout is %s, but must be less than half of pargo.stage.watchdog.stuck-after, %s"
                            .formatted(networkTimeout, stuckAfter));
        }
    }
}
