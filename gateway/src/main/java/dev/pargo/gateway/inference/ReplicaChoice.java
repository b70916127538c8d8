package dev.pargo.gateway.inference;

import dev.pargo.gateway.pipeline.StageKind;
import dev.pargo.gateway.replica.Choice;
import dev.pargo.gateway.replica.Replica;

/** Names the replicas of a request's set that its calls go to. */
interface ReplicaChoice {

    /**
     * The replica for the next call.
     *
     * @throws StageException   ABSENT if there is none, FULL if all replicas are full
     * @throws SetGoneException if there is none, but another set
     */
    Replica<?> pick(StageKind stage, Choice choice) throws StageException, SetGoneException;

    /** Whether a call could go to another replica instead of this silent one. */
    boolean hasOther(StageKind stage, Replica<?> silent);

    /**
     * The same choice, but without waiting. {@link #pick} throws a {@link java.util.concurrent.CancellationException}
     * if no replica is free, because that is no failure of a stage: whoever may wait tries again.
     */
    ReplicaChoice withoutWaiting();
}
