package dev.pargo.llm.vllm;

import dev.pargo.stage.status.ReadinessCheck;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks twice a second whether the server works and still serves the same model, and how busy it is. While it does not,
 * the stage is not ready.
 */
final class VllmWatch implements ReadinessCheck, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(VllmWatch.class);

    private static final Duration PERIOD = Duration.ofMillis(500);
    /** A server that reads a large request may answer late. After this time its answers are given up too. */
    private static final Duration GIVE_UP = Duration.ofSeconds(10);

    private final VllmServer server;
    private final ServedModel model;
    private final Runnable onLost;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "vllm-watch"));
    private volatile Optional<String> trouble = Optional.empty();
    private volatile VllmLoad load = VllmLoad.NONE;
    private long lastSeen = System.nanoTime();

    /**
     * @param model  that the server served at the start
     * @param onLost called again and again while the server has not answered for a while
     */
    VllmWatch(VllmServer server, ServedModel model, Runnable onLost) {
        this.server = server;
        this.model = model;
        this.onLost = onLost;
    }

    void start() {
        thread.scheduleWithFixedDelay(this::look, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public Optional<String> trouble() {
        return trouble;
    }

    VllmLoad load() {
        return load;
    }

    private void look() {
        Optional<String> found = state();
        if (found.isPresent() && trouble.isEmpty()) {
            log.error("The stage is not ready: {}", found.get());
        }
        if (found.isEmpty() && trouble.isPresent()) {
            log.info("The stage is ready again: vLLM at {} answers", server.address());
        }
        trouble = found;
        long now = System.nanoTime();
        if (found.isEmpty()) {
            lastSeen = now;
        } else if (now - lastSeen > GIVE_UP.toNanos()) {
            onLost.run();
        }
    }

    private Optional<String> state() {
        try {
            server.requireHealth();
            if (!server.model().equals(model)) {
                return Optional.of("vLLM at %s serves another model than at the start; restart this stage"
                        .formatted(server.address()));
            }
            load = server.load();
            return Optional.empty();
        } catch (VllmException lost) {
            load = VllmLoad.NONE;
            return Optional.of("vLLM at %s does not answer: %s".formatted(server.address(), lost.getMessage()));
        } catch (RuntimeException unexpected) {
            return Optional.of("vLLM at %s cannot be looked at: %s".formatted(server.address(), unexpected));
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
