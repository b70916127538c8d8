package dev.pargo.gateway.exchange;

import dev.pargo.gateway.GatewayProperties;
import dev.pargo.gateway.error.GatewayException;
import dev.pargo.service.admission.SharedCapacity;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.springframework.stereotype.Component;

/**
 * Bounds the number of requests in progress; further requests are refused. No client can take all places. Thread-safe.
 */
@Component
public final class ConcurrencyLimit {

    private static final Duration RETRY = Duration.ofSeconds(1);

    private final SharedCapacity places;

    ConcurrencyLimit(GatewayProperties properties, MeterRegistry metrics) {
        this.places = new SharedCapacity(properties.maxConcurrentRequests());
        Gauge.builder("pargo.gateway.active", places, SharedCapacity::taken)
                .description("Requests that are worked on")
                .register(metrics);
    }

    /**
     * Admits a request until the permit is closed.
     *
     * @param client see {@link dev.pargo.gateway.access.Caller#clientOf}
     * @throws GatewayException BUSY if there is no room
     */
    public Permit admit(String client) {
        if (!places.tryTake(client, 1)) {
            throw GatewayException.busy("The gateway takes no more requests at the moment", RETRY);
        }
        return () -> places.release(client, 1);
    }

    /** A place, which is given back once. */
    public interface Permit extends AutoCloseable {
        @Override
        void close();
    }
}
