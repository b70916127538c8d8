package dev.pargo.gateway.pipeline;

import dev.pargo.gateway.replica.Replica;
import dev.pargo.gateway.replica.ReplicaSet;
import dev.pargo.gateway.replica.ReplicaState;
import dev.pargo.proto.v1.StageIdentity;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The usable replicas of one stage that serve the same weights.
 *
 * @param description the description of the first of them
 * @param capacity    their capacity together
 */
record Weights<D>(D description, int capacity) {

    // One ready replica outweighs all silent ones, so silent replicas matter only between sets without a ready one.
    static final int READY = 100;
    private static final int SILENT = 1;

    /** Groups a stage's replicas by their weights, the weights of the first replica first. */
    static <D> List<Weights<D>> served(ReplicaSet<D> replicas, Function<D, StageIdentity> identity) {
        Map<StageIdentity, Weights<D>> served = new LinkedHashMap<>();
        for (Replica<D> replica : replicas.all()) {
            @Nullable D description = replica.description();
            ReplicaState state = replica.state();
            if (description != null && state.takesCalls()) {
                int capacity = state == ReplicaState.READY ? READY : SILENT;
                served.merge(of(identity.apply(description)), new Weights<>(description, capacity), Weights::and);
            }
        }
        return List.copyOf(served.values());
    }

    /** The replicas of a stage that serve the given weights and accept calls. */
    static <D> List<Replica<D>> serving(
            ReplicaSet<D> replicas, Function<D, StageIdentity> identity, StageIdentity wanted) {
        return replicas.all().stream()
                .filter(replica -> replica.state().takesCalls())
                .filter(replica -> {
                    @Nullable D description = replica.description();
                    return description != null
                            && of(identity.apply(description)).equals(of(wanted));
                })
                .toList();
    }

    /** An identity without the fields of the process: its device and its largest message. */
    static StageIdentity of(StageIdentity identity) {
        return identity.toBuilder().clearDevice().clearMaxMessageBytes().build();
    }

    private Weights<D> and(Weights<D> others) {
        return new Weights<>(Objects.requireNonNull(description), capacity + others.capacity);
    }
}
