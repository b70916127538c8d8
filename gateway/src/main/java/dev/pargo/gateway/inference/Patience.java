package dev.pargo.gateway.inference;

import dev.pargo.gateway.error.GatewayException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The remaining time that a request waits for unavailable stages, for all its waits together. */
final class Patience {

    private static final long STEP_MILLIS = 20;

    private long nanos;

    Patience(Duration most) {
        this.nanos = most.toNanos();
    }

    /**
     * Waits a moment, unless the time is used up.
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

    /** Waits, at most until the request's deadline. */
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
