package dev.pargo.gateway.inference;

import dev.pargo.gateway.GatewayProperties;
import dev.pargo.gateway.error.GatewayException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.stereotype.Component;

/**
 * Bounds the visual tokens that requests have made and the LLM has not taken yet. Small pictures have large visual
 * tokens, so the bound of the requests' bodies is none for them. Tokens that were known, or made by another request,
 * are in the cache's memory or counted there. Thread-safe.
 */
@Component
final class VisualBudget {

    private static final Duration RETRY = Duration.ofSeconds(1);

    private final long capacity;
    private final AtomicLong bytes = new AtomicLong();

    VisualBudget(GatewayProperties properties, MeterRegistry metrics) {
        this.capacity = properties.maxVisualBytes().toBytes();
        Gauge.builder("pargo.gateway.visual.held", bytes, AtomicLong::get)
                .description("Visual tokens on their way to the LLM")
                .baseUnit("bytes")
                .register(metrics);
    }

    /** The share of one request, empty at first. */
    Share open() {
        return new Share();
    }

    /** What one request holds, until it is closed. Thread-safe until then. */
    final class Share implements AutoCloseable {

        private final AtomicLong held = new AtomicLong();

        private Share() {}

        /** @throws GatewayException BUSY if all requests together would hold too much */
        void add(int more) {
            held.addAndGet(more);
            if (bytes.addAndGet(more) > capacity) {
                throw GatewayException.busy("The gateway holds no more visual tokens at the moment", RETRY);
            }
        }

        @Override
        public void close() {
            bytes.addAndGet(-held.getAndSet(0));
        }
    }
}
