package dev.pargo.gateway.replica;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the stages' replicas are watched.
 *
 * @param resolveEvery  Time between two lookups of a name.
 * @param checkEvery    Time between two questions for a replica's health.
 * @param checkTimeout  Time for a replica to answer such a question, or to describe itself.
 * @param describeEvery Time after which a replica describes itself again; it also does whenever it is connected.
 * @param silentAfter   Silence after which other replicas are preferred.
 * @param lostAfter     Silence after which a replica and its calls count as lost.
 * @param patience      Time for which a request waits for an unavailable stage.
 */
@ConfigurationProperties("pargo.replicas")
public record ReplicaProperties(
        @DefaultValue("2s") Duration resolveEvery,
        @DefaultValue("250ms") Duration checkEvery,
        @DefaultValue("5s") Duration checkTimeout,
        @DefaultValue("5s") Duration describeEvery,
        @DefaultValue("1500ms") Duration silentAfter,
        @DefaultValue("7s") Duration lostAfter,
        @DefaultValue("5s") Duration patience) {}
