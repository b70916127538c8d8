package dev.pargo.gateway.inference;

import dev.pargo.gateway.error.GatewayException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Visual tokens that one request (the leader) computes and others (the followers) wait for. The leader ends the flight
 * once, with the tokens or the stages' error. Thread-safe.
 */
final class VisualTokenFlight {

    private final CompletableFuture<@Nullable VisualTokens> landing = new CompletableFuture<>();

    void land(VisualTokens tokens) {
        landing.complete(tokens);
    }

    /** Ends the flight with an error of the stages, for all followers. */
    void fail(StageException failure) {
        landing.completeExceptionally(failure);
    }

    /** Ends the flight because the leader was cancelled. */
    void abandon() {
        landing.complete(null);
    }

    /**
     * Waits, at most until the deadline of the follower's own request.
     *
     * @return null if the leader was cancelled; then another request must lead
     */
    @Nullable
    VisualTokens follow(RequestScope scope) throws StageException {
        while (true) {
            scope.pulse().run();
            if (scope.deadline().isExpired()) {
                throw GatewayException.deadline("The request's time ran out while it waited for its image");
            }
            try {
                return landing.get(StageCall.SLICE_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException notYet) {
                continue;
            } catch (ExecutionException failed) {
                throw (StageException) failed.getCause();
            } catch (InterruptedException shutdown) {
                Thread.currentThread().interrupt();
                throw GatewayException.unavailable("The gateway is shutting down", Duration.ofSeconds(1));
            }
        }
    }
}
