package dev.pargo.stage;

import dev.pargo.stage.admission.AdmissionLimits;
import dev.pargo.stage.batch.BatchLimits;
import dev.pargo.stage.device.WatchdogLimits;
import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration of a stage.
 *
 * @param name      Kind of the stage, as its metrics and its health show it.
 * @param model     Path of the model bundle.
 * @param device    Where the network runs: cpu, cuda:N or auto.
 * @param precision Arithmetic of the network: float32, bfloat16, float16, of a language model also int8 or int4; or auto.
 * @param memoryCheck Whether to refuse a network that needs more memory than there is, before it is loaded.
 * @param threads   Threads of one forward pass on the CPU.
 * @param batch     How concurrent requests are gathered.
 * @param admission What the stage takes in.
 * @param timeLimit Most time of one call, even where its client allows more.
 * @param drainAnnouncement Time between the word that the stage shuts down and the end of its listener.
 * @param watchdog  When a device counts as lost.
 */
@ConfigurationProperties("pargo.stage")
public record StageProperties(
        String name,
        String model,
        @DefaultValue("cpu") String device,
        @DefaultValue("auto") String precision,
        @DefaultValue("true") boolean memoryCheck,
        @DefaultValue("1") int threads,
        @DefaultValue BatchLimits batch,
        @DefaultValue AdmissionLimits admission,
        @DefaultValue("2m") Duration timeLimit,
        @DefaultValue("1500ms") Duration drainAnnouncement,
        @DefaultValue WatchdogLimits watchdog) {

    public StageProperties {
        if (threads < 1) {
            throw new IllegalArgumentException("pargo.stage.threads is %d, but must be at least 1".formatted(threads));
        }
    }

    /** Where the bundle lies; not bound as a path, because in a web application Spring Boot refuses relative ones. */
    public Path bundle() {
        return Path.of(model);
    }
}
