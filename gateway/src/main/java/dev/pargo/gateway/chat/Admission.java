package dev.pargo.gateway.chat;

import dev.pargo.gateway.GatewayProperties;
import dev.pargo.gateway.error.GatewayException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.springframework.stereotype.Component;

/**
 * Bounds what the gateway holds at once: a number of requests, and a number of bytes of their bodies. What does not fit
 * is refused before its body is read. Thread-safe.
 */
@Component
final class Admission {

    private static final int UNIT_BYTES = 1024;
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final long maxBody;
    private final Semaphore requests;
    private final Semaphore kibibytes;

    Admission(GatewayProperties properties, MeterRegistry metrics) {
        this.maxBody = properties.maxBody().toBytes();
        this.requests = new Semaphore(properties.maxConcurrentRequests());
        int units = Math.toIntExact(properties.maxConcurrentBytes().toBytes() / UNIT_BYTES);
        if (units < units(maxBody)) {
            throw new IllegalArgumentException(
                    "pargo.gateway.max-concurrent-bytes must not be less than pargo.gateway.max-body");
        }
        this.kibibytes = new Semaphore(units);
        int places = properties.maxConcurrentRequests();
        Gauge.builder("pargo.gateway.active", requests, free -> places - free.availablePermits())
                .description("Chat requests that are worked on")
                .register(metrics);
    }

    /**
     * Takes a request on until the permit is closed.
     *
     * @param bodyBytes length of the body; negative if it is not known, which counts as the largest
     * @throws GatewayException TOO_LARGE, or BUSY if there is no room
     */
    Permit admit(long bodyBytes) {
        if (bodyBytes > maxBody) {
            throw ChatRequestReader.tooLarge(maxBody);
        }
        int units = units(bodyBytes < 0 ? maxBody : bodyBytes);
        if (!requests.tryAcquire()) {
            throw busy();
        }
        if (!kibibytes.tryAcquire(units)) {
            requests.release();
            throw busy();
        }
        return () -> {
            kibibytes.release(units);
            requests.release();
        };
    }

    private static int units(long bytes) {
        return (int) (bytes / UNIT_BYTES) + 1;
    }

    private static GatewayException busy() {
        return GatewayException.busy("The gateway takes no more requests at the moment", RETRY);
    }

    /** A place, given back once. */
    interface Permit extends AutoCloseable {
        @Override
        void close();
    }
}
