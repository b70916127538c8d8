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
 * @param precision Arithmetic of the network: float32, bfloat16 or float16, for a language model also int8 or int4; or
 *                  auto.
 * @param memoryCheck Whether to refuse to load a network that needs more memory than is available.
 * @param threads   Threads of one forward pass on the CPU.
 * @param batch     How concurrent requests are batched.
 * @param admission Limits of what the stage admits.
 * @param timeLimit Longest time of one call, even if its client allows more.
 * @param drainAnnouncement Time between the announcement of the shutdown and the closing of the listener.
 * @param watchdog  When a device is considered lost.
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

    /** The configured limits, or less if the heap is small. */
    @Override
    public AdmissionLimits admission() {
        return admission.inHeap(Runtime.getRuntime().maxMemory());
    }

    /**
     * The path of the bundle. It is bound as a string because Spring Boot refuses relative paths in a web application.
     */
    public Path bundle() {
        return Path.of(model);
    }
}
