package dev.pargo.encoder;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where the encoder's network runs.
 *
 * @param network        {@code local}, or {@code kserve://host:port/model}.
 * @param networkTimeout Longest time of one call to a remote model.
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
}
