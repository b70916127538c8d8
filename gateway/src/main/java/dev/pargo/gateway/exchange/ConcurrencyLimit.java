package dev.pargo.gateway.exchange;

import dev.pargo.gateway.GatewayProperties;
import dev.pargo.gateway.error.GatewayException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.springframework.stereotype.Component;

/** Bounds the number of requests that are worked on at once; what does not fit is refused. Thread-safe. */
@Component
public final class ConcurrencyLimit {

    private static final Duration RETRY = Duration.ofSeconds(1);

    private final Semaphore places;

    ConcurrencyLimit(GatewayProperties properties, MeterRegistry metrics) {
        int most = properties.maxConcurrentRequests();
        this.places = new Semaphore(most);
        Gauge.builder("pargo.gateway.active", places, free -> most - free.availablePermits())
                .description("Requests that are worked on")
                .register(metrics);
    }

    /**
     * Takes a request on until the permit is closed.
     *
     * @throws GatewayException BUSY if there is no room
     */
    public Permit admit() {
        if (!places.tryAcquire()) {
            throw GatewayException.busy("The gateway takes no more requests at the moment", RETRY);
        }
        return places::release;
    }

    /** A place, given back once. */
    public interface Permit extends AutoCloseable {
        @Override
        void close();
    }
}
