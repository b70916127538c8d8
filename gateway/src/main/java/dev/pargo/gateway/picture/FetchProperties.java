package dev.pargo.gateway.picture;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How pictures are fetched by URL.
 *
 * @param enabled     Whether pictures are fetched by URL.
 * @param http        Whether also without encryption.
 * @param hosts       The only hosts to fetch from, redirects included; {@code *.example.org} stands for all names below
 *                    {@code example.org}. Every host, if empty.
 * @param ports       The only ports to connect to.
 * @param timeLimit   Time for one picture, from the look-up of its host to its last byte, redirects included.
 * @param concurrency Pictures that are fetched at the same time; more are refused with 429.
 * @param sslBundle   Name of the SSL bundle with the authorities to trust; the JVM's, if absent.
 */
@ConfigurationProperties("pargo.fetch")
record FetchProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("false") boolean http,
        @DefaultValue List<String> hosts,
        @DefaultValue({"443", "80"}) Set<Integer> ports,
        @DefaultValue("10s") Duration timeLimit,
        @DefaultValue("32") int concurrency,
        @Nullable String sslBundle) {

    FetchProperties {
        if (concurrency < 1 || timeLimit.isNegative() || timeLimit.isZero()) {
            throw new IllegalArgumentException(
                    "pargo.fetch: concurrency is %d, and time-limit is %s, but both must be positive"
                            .formatted(concurrency, timeLimit));
        }
    }
}
