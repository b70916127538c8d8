package dev.pargo.gateway.inference;

import dev.pargo.gateway.GatewayProperties;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Caches visual tokens, so that known images skip encoder and projector. If several requests need the same image at the
 * same time, one of them computes its tokens; if that one is cancelled, another takes over. No lock is held meanwhile,
 * so cached images never wait for others. Thread-safe.
 */
@Component
final class VisualTokenCache {

    /** Largest size of the cache as a fraction of the heap. */
    private static final int HEAP_FRACTION = 4;

    private final boolean enabled;
    private final RecentVisualTokens known;
    private final ConcurrentMap<ImageKey, VisualTokenFlight> flights = new ConcurrentHashMap<>();
    private final Counter hits;
    private final Counter joins;
    private final Counter misses;

    VisualTokenCache(GatewayProperties properties, MeterRegistry metrics) {
        // A cache that fills a small heap would crash the gateway.
        long capacity = Math.min(
                properties.visualCache().toBytes(), Runtime.getRuntime().maxMemory() / HEAP_FRACTION);
        this.enabled = capacity > 0;
        this.known = new RecentVisualTokens(capacity);
        this.hits = counter(metrics, "hit");
        this.joins = counter(metrics, "joined");
        this.misses = counter(metrics, "miss");
        Gauge.builder("pargo.gateway.visual.cache.size", known, RecentVisualTokens::bytes)
                .description("Visual tokens that are kept")
                .baseUnit("bytes")
                .register(metrics);
    }

    /** Whether the cache is on. */
    boolean isEnabled() {
        return enabled;
    }

    /**
     * Finds visual tokens, waits for another request that computes them, or computes them.
     *
     * @param timings records whether this request computed the tokens
     */
    VisualTokens get(ImageKey key, RequestScope scope, Timings timings, Making making)
            throws StageException, SetGoneException {
        @Nullable VisualTokens tokens = find(key, timings);
        while (tokens == null) {
            VisualTokenFlight mine = new VisualTokenFlight();
            @Nullable VisualTokenFlight other = flights.putIfAbsent(key, mine);
            tokens = other == null ? lead(key, mine, timings, making) : follow(other, scope, timings);
        }
        return tokens;
    }

    private @Nullable VisualTokens find(ImageKey key, Timings timings) {
        @Nullable VisualTokens tokens = known.get(key);
        if (tokens != null) {
            hits.increment();
            timings.recordReuse(0);
        }
        return tokens;
    }

    private @Nullable VisualTokens follow(VisualTokenFlight flight, RequestScope scope, Timings timings)
            throws StageException {
        joins.increment();
        long start = System.nanoTime();
        @Nullable VisualTokens tokens = flight.follow(scope);
        if (tokens != null) {
            timings.recordReuse(System.nanoTime() - start);
        }
        return tokens;
    }

    private VisualTokens lead(ImageKey key, VisualTokenFlight flight, Timings timings, Making making)
            throws StageException, SetGoneException {
        Runnable landing = flight::abandon;
        try {
            // Another flight may have ended since the first lookup.
            @Nullable VisualTokens tokens = find(key, timings);
            if (tokens == null) {
                misses.increment();
                tokens = making.make();
                known.put(key, tokens);
            }
            VisualTokens made = tokens;
            landing = () -> flight.land(made);
            return made;
        } catch (StageException failure) {
            if (failure.fault() != CallFault.DEADLINE) {
                landing = () -> flight.fail(failure);
            }
            throw failure;
        } finally {
            // Removed first, so that a follower that tries again does not find the same flight.
            flights.remove(key);
            landing.run();
        }
    }

    private static Counter counter(MeterRegistry metrics, String result) {
        return Counter.builder("pargo.gateway.visual.cache")
                .description("Images by whether their visual tokens were known, on their way, or to be made")
                .tag("result", result)
                .register(metrics);
    }

    /** Computes visual tokens by encoder and projector. */
    interface Making {
        VisualTokens make() throws StageException, SetGoneException;
    }
}
