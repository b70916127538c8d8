package dev.pargo.gateway.inference;

import dev.pargo.gateway.error.GatewayException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** How long one request still waits for stages that are not there, all its waits together. */
final class Patience {

    private static final long STEP_MILLIS = 20;

    private long nanos;

    Patience(Duration most) {
        this.nanos = most.toNanos();
    }

    /**
     * Waits a moment, unless the patience has come to its end.
     *
     * @return whether it has waited
     */
    boolean hold(RequestScope scope) {
        if (nanos <= 0) {
            return false;
        }
        long start = System.nanoTime();
        pause(STEP_MILLIS, scope);
        nanos -= System.nanoTime() - start;
        return true;
    }

    /** Waits, as long as the request lasts. */
    static void pause(long millis, RequestScope scope) {
        scope.pulse().run();
        if (scope.deadline().isExpired()) {
            throw GatewayException.deadline("The request's time ran out");
        }
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException shutdown) {
            Thread.currentThread().interrupt();
            throw GatewayException.unavailable("The gateway is shutting down", Duration.ofSeconds(1));
        }
    }
}
