package dev.pargo.stage;

import dev.pargo.stage.batch.BatchLimits;
import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Configuration of a stage.
 *
 * @param name      Kind of the stage, as its metrics and its health show it.
 * @param model     Path of the model bundle.
 * @param device    Where the network runs: cpu, cuda:N or auto.
 * @param precision Arithmetic of the network: float32, bfloat16 or auto.
 * @param threads   Threads of one forward pass on the CPU.
 * @param batch     How concurrent requests are gathered.
 * @param admission What the stage takes in.
 */
@ConfigurationProperties("pargo.stage")
public record StageProperties(
        String name,
        Path model,
        @DefaultValue("cpu") String device,
        @DefaultValue("float32") String precision,
        @DefaultValue("1") int threads,
        @DefaultValue Batch batch,
        @DefaultValue Admission admission) {

    /**
     * How concurrent requests are gathered into one forward pass.
     *
     * @param maxSize Most requests in one forward pass.
     * @param maxWait Longest time that a request waits for others while the device is free.
     */
    public record Batch(
            @DefaultValue("8") int maxSize,
            @DefaultValue("5ms") Duration maxWait) {

        /** The same as limits of a batcher. */
        public BatchLimits limits() {
            return new BatchLimits(maxSize, maxWait);
        }
    }

    /**
     * What a stage takes in before it refuses.
     *
     * @param maxRequests Most requests inside the stage, from header to answer.
     * @param maxSize     Most memory that the requests inside may hold together.
     */
    public record Admission(
            @DefaultValue("128") int maxRequests,
            @DefaultValue("512MB") DataSize maxSize) {}
}
