package dev.pargo.gateway.inference;

import dev.pargo.gateway.error.GatewayException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Visual tokens that one request is making, and that others wait for. The leader lands the flight once; followers learn
 * what the stages said, good or bad. Thread-safe.
 */
final class VisualTokenFlight {

    private final CompletableFuture<@Nullable VisualTokens> landing = new CompletableFuture<>();

    void land(VisualTokens tokens) {
        landing.complete(tokens);
    }

    /** The stages have failed, for whoever asks. */
    void fail(StageException failure) {
        landing.completeExceptionally(failure);
    }

    /** The leader had to stop, for a reason of its own. */
    void abandon() {
        landing.complete(null);
    }

    /**
     * Waits, as long as the follower's own request lasts.
     *
     * @return null if the leader has abandoned the flight: then somebody else should lead
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
