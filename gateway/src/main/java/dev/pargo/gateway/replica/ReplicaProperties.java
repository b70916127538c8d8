package dev.pargo.gateway.replica;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the replicas of the stages are watched.
 *
 * @param resolveEvery  Time between two look-ups of a name.
 * @param checkEvery    Time between two questions for a replica's health.
 * @param checkTimeout  Time that a replica has to answer such a question, or to describe itself.
 * @param describeEvery Time after which a replica describes itself again; it also does whenever it is connected.
 * @param silentAfter   Silence after which other replicas are preferred.
 * @param lostAfter     Silence after which a replica counts as lost, and its calls with it.
 * @param patience      Time that a request waits for a stage that is not there.
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
