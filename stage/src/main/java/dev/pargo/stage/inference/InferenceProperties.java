package dev.pargo.stage.inference;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How a stage answers the Open Inference Protocol.
 *
 * @param enabled    Whether it does. Its requests are single messages, so the limit of every message grows with it.
 * @param maxMessage Largest message, even if an input could be larger.
 */
@ConfigurationProperties("pargo.stage.kserve")
public record InferenceProperties(
        @DefaultValue("false") boolean enabled,
        @DefaultValue("64MB") DataSize maxMessage) {

    public InferenceProperties {
        if (maxMessage.toBytes() < 1 || maxMessage.toBytes() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "pargo.stage.kserve.max-message is %s, but must be positive and less than 2GB"
                            .formatted(maxMessage));
        }
    }
}
