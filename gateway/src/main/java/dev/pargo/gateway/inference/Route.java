package dev.pargo.gateway.inference;

import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.pipeline.ModelSet;
import dev.pargo.gateway.pipeline.Pipeline;
import dev.pargo.gateway.pipeline.StageKind;
import dev.pargo.gateway.replica.Choice;
import dev.pargo.gateway.replica.Replica;
import dev.pargo.gateway.replica.ReplicaState;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses the replicas of one request. It keeps the request's set, the replicas that have failed it, and the number of
 * remaining tries. One thread leads the request; others may only {@linkplain #withoutWaiting pick without waiting}.
 */
final class Route implements ReplicaChoice {

    private static final Logger log = LoggerFactory.getLogger(Route.class);
    private static final int MOST_FAILURES = 6;
    private static final long FIRST_PAUSE_MILLIS = 50;
    private static final long LONGEST_PAUSE_MILLIS = 200;
    private static final Duration RETRY = Duration.ofSeconds(2);

    private final Pipeline pipeline;
    private final boolean withImages;
    private final long key;
    private final RequestScope scope;
    private final Patience patience;
    private final MeterRegistry metrics;
    private final Set<Replica<?>> failed = ConcurrentHashMap.newKeySet();
    private final Set<Replica<?>> full = ConcurrentHashMap.newKeySet();
    private final Set<ModelSet.Id> refused = ConcurrentHashMap.newKeySet();
    private volatile @Nullable ModelSet set;
    private volatile @Nullable StageException lastFull;
    private int failures;

    /** @param key equal for requests that should reach the same replicas */
    Route(
            Pipeline pipeline,
            boolean withImages,
            long key,
            RequestScope scope,
            Patience patience,
            MeterRegistry metrics) {
        this.pipeline = pipeline;
        this.withImages = withImages;
        this.key = key;
        this.scope = scope;
        this.patience = patience;
        this.metrics = metrics;
    }

    /**
     * The set for all calls of the request. Waits for a set if there is none.
     *
     * @throws GatewayException UNAVAILABLE, with what is missing; BUSY if the queues of all sets are full
     */
    ModelSet enter() {
        while (true) {
            Optional<ModelSet> chosen = pipeline.choose(withImages, key, refused);
            if (chosen.isPresent()) {
                set = chosen.get();
                return set;
            }
            if (lastFull != null && pipeline.choose(withImages, key, Set.of()).isPresent()) {
                throw lastFull.toClient(null);
            }
            refused.clear();
            if (!patience.hold(scope)) {
                throw notReady(pipeline);
            }
        }
    }

    static GatewayException notReady(Pipeline pipeline) {
        return GatewayException.unavailable(
                "The model is not ready: " + String.join("; ", pipeline.state().problems()), RETRY);
    }

    /** Waits if there is no replica and no other set. */
    @Override
    public Replica<?> pick(StageKind stage, Choice choice) throws StageException, SetGoneException {
        while (true) {
            Optional<Replica<?>> found = find(stage, choice);
            if (found.isPresent()) {
                return found.get();
            }
            @Nullable StageException refusal = lastFull;
            if (refusal != null && !replicas(stage).isEmpty()) {
                throw refusal;
            }
            if (!patience.hold(scope)) {
                throw StageException.absent(stage);
            }
        }
    }

    @Override
    public ReplicaChoice withoutWaiting() {
        return new ReplicaChoice() {
            @Override
            public Replica<?> pick(StageKind stage, Choice choice) throws StageException, SetGoneException {
                return find(stage, choice).orElseThrow(() -> new CancellationException("no replica is free"));
            }

            @Override
            public boolean hasOther(StageKind stage, Replica<?> silent) {
                return Route.this.hasOther(stage, silent);
            }

            @Override
            public ReplicaChoice withoutWaiting() {
                return this;
            }
        };
    }

    /** Empty if there is no replica, or if all are full. */
    private Optional<Replica<?>> find(StageKind stage, Choice choice) throws SetGoneException {
        List<? extends Replica<?>> open = replicas(stage).stream()
                .filter(replica -> !full.contains(replica))
                .toList();
        boolean anyReady = open.stream().anyMatch(replica -> replica.state() == ReplicaState.READY);
        if (!anyReady && isThereAnotherSet()) {
            refused.add(set.id());
            throw new SetGoneException("no %s of its set takes calls".formatted(stage.title()));
        }
        // Ranked once, because states change meanwhile.
        TreeMap<Integer, List<Replica<?>>> byRank =
                open.stream().collect(Collectors.groupingBy(this::rank, TreeMap::new, Collectors.toList()));
        return byRank.isEmpty()
                ? Optional.empty()
                : Optional.of(choice.among(byRank.firstEntry().getValue()));
    }

    @Override
    public boolean hasOther(StageKind stage, Replica<?> silent) {
        return replicas(stage).stream()
                        .anyMatch(replica ->
                                replica != silent && replica.state() == ReplicaState.READY && !full.contains(replica))
                || isThereAnotherSet();
    }

    /**
     * Records a failure, and returns if the call should be retried.
     *
     * @param param path of the field that the stage worked on; null for none
     * @throws GatewayException the error for the client, if the call should not be retried
     */
    void retry(StageException failure, @Nullable String param) {
        if (!failure.fault().isRetryable()) {
            throw failure.toClient(param);
        }
        @Nullable Replica<?> replica = failure.replica();
        if (failure.fault() == CallFault.FULL && replica != null) {
            lastFull = failure;
            if (!full.add(replica)) {
                throw failure.toClient(param);
            }
            return;
        }
        if (++failures > MOST_FAILURES) {
            throw failure.toClient(param);
        }
        // Their queues were full, but that was some time ago.
        full.clear();
        log.info("A call is made again: {}", failure.getMessage());
        metrics.counter(
                        "pargo.gateway.retries",
                        "stage",
                        failure.stage().tag(),
                        "reason",
                        failure.fault().tag())
                .increment();
        boolean again = replica != null && !failed.add(replica);
        if (again || !hasFresh(failure.stage())) {
            long pause = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << failures - 1);
            Patience.pause(pause + ThreadLocalRandom.current().nextLong(pause / 2), scope);
        }
    }

    /** Ready replicas come before silent ones and before replicas that have failed this request or others. */
    private int rank(Replica<?> replica) {
        return (replica.state() == ReplicaState.READY ? 0 : 4)
                + (failed.contains(replica) ? 2 : 0)
                + (replica.rests() ? 1 : 0);
    }

    private boolean hasFresh(StageKind stage) {
        return replicas(stage).stream().anyMatch(replica -> !failed.contains(replica) && !full.contains(replica));
    }

    private boolean isThereAnotherSet() {
        Set<ModelSet.Id> others = new HashSet<>(refused);
        others.add(set.id());
        return pipeline.choose(withImages, key, others)
                .filter(ModelSet::isReady)
                .isPresent();
    }

    private List<? extends Replica<?>> replicas(StageKind stage) {
        return pipeline.replicas(stage, set);
    }
}
