package dev.pargo.stage.batch;

import java.time.Duration;

/**
 * How long and for how many a batch gathers.
 *
 * @param maxSize most requests in one forward pass
 * @param maxWait longest time that a request waits for others while the device is free
 */
public record BatchLimits(int maxSize, Duration maxWait) {

    public BatchLimits {
        if (maxSize < 1 || maxWait.isNegative()) {
            throw new IllegalArgumentException("a batch of %d that waits %s".formatted(maxSize, maxWait));
        }
    }
}
