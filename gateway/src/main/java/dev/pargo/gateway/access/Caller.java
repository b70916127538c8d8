package dev.pargo.gateway.access;

import dev.pargo.gateway.error.GatewayException;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/** All clients that use one API key: their models, limits and usage. Thread-safe. */
public final class Caller {

    static final String ATTRIBUTE = Caller.class.getName();
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final ApiKey key;
    private final byte[] hash;
    private final MeterRegistry metrics;
    private final @Nullable Bucket rate;
    private final @Nullable Semaphore places;

    Caller(ApiKey key, MeterRegistry metrics) {
        this.key = key;
        this.hash = HexFormat.of().parseHex(key.sha256());
        this.metrics = metrics;
        int requests = key.requestsPerMinute();
        this.rate = requests == 0
                ? null
                : Bucket.builder()
                        .addLimit(limit -> limit.capacity(requests).refillGreedy(requests, Duration.ofMinutes(1)))
                        .build();
        this.places = key.concurrency() == 0 ? null : new Semaphore(key.concurrency());
    }

    /** The caller of an allowed request. */
    public static Caller of(HttpServletRequest request) {
        return (Caller) request.getAttribute(ATTRIBUTE);
    }

    /** The name of an allowed request's client, from its API key, or else from its address. */
    public static String clientOf(HttpServletRequest request) {
        ApiKey key = of(request).key();
        return key == ApiKey.NONE ? ClientName.ofAddress(request.getRemoteAddr()) : ClientName.ofKey(key.name());
    }

    ApiKey key() {
        return key;
    }

    /** Name of the key; empty if no key is needed. */
    public String name() {
        return key.name();
    }

    /** Takes the same time independent of where the hashes differ. */
    boolean hasHash(byte[] other) {
        return MessageDigest.isEqual(hash, other);
    }

    /** Whether this caller may use a model. */
    public boolean sees(String model) {
        return key.models().isEmpty() || key.models().contains(model);
    }

    /**
     * The model that a request asks for; null if it leaves the choice to the gateway and the key does not decide.
     *
     * @throws GatewayException as for an unknown model if the key does not allow it
     */
    public @Nullable String model(@Nullable String asked) {
        Set<String> models = key.models();
        if (asked == null && models.size() == 1) {
            return models.iterator().next();
        }
        String available = "; available: " + String.join(", ", models);
        if (asked == null && !models.isEmpty()) {
            throw GatewayException.invalid("model", "invalid_value", "model is missing" + available);
        }
        if (asked != null && !sees(asked)) {
            throw GatewayException.notFound("model", "model_not_found", "model: there is no such model" + available);
        }
        return asked;
    }

    /** Counts the tokens of an answer. */
    public void recordUse(long promptTokens, long completionTokens) {
        metrics.counter("pargo.gateway.key.tokens", "key", key.name(), "direction", "in")
                .increment(promptTokens);
        metrics.counter("pargo.gateway.key.tokens", "key", key.name(), "direction", "out")
                .increment(completionTokens);
    }

    /**
     * Admits a request until {@link #leave()}.
     *
     * @param headers headers of the response, which show the rate limit
     * @throws GatewayException RATE_LIMIT if the key has no request left, or too many at once
     */
    void enter(HttpFields.Mutable headers) {
        try {
            takePlace();
            takeRequest(headers);
            count("admitted");
        } catch (GatewayException refused) {
            count("refused");
            throw refused;
        }
    }

    void leave() {
        if (places != null) {
            places.release();
        }
    }

    private void takePlace() {
        if (places != null && !places.tryAcquire()) {
            throw GatewayException.rateLimited(
                    "This key may have at most %d requests at once".formatted(key.concurrency()), RETRY);
        }
    }

    private void takeRequest(HttpFields.Mutable headers) {
        if (rate == null) {
            return;
        }
        ConsumptionProbe probe = rate.tryConsumeAndReturnRemaining(1);
        headers.put("x-ratelimit-limit-requests", key.requestsPerMinute());
        headers.put("x-ratelimit-remaining-requests", probe.getRemainingTokens());
        headers.put("x-ratelimit-reset-requests", probe.getNanosToWaitForReset() / 1_000_000 + "ms");
        if (!probe.isConsumed()) {
            leave();
            throw GatewayException.rateLimited(
                    "This key may send at most %d requests a minute".formatted(key.requestsPerMinute()),
                    Duration.ofNanos(probe.getNanosToWaitForRefill()));
        }
    }

    private void count(String outcome) {
        metrics.counter("pargo.gateway.key.requests", "key", key.name(), "outcome", outcome)
                .increment();
    }
}
