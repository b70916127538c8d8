package dev.pargo.stage.batch;

import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How concurrent requests are batched into one forward pass.
 *
 * @param maxSize Most requests in one forward pass.
 * @param maxWait Longest time that a request waits for others while the device is free.
 */
public record BatchLimits(
        @DefaultValue("8") int maxSize, @DefaultValue("5ms") Duration maxWait) {

    public BatchLimits {
        if (maxSize < 1 || maxWait.isNegative()) {
            throw new IllegalArgumentException(
                    "pargo.stage.batch: max-size is %d, which must be positive; max-wait is %s, which must not be negative"
                            .formatted(maxSize, maxWait));
        }
    }
}
