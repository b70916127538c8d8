package dev.pargo.gateway.replica;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.grpc.client.ChannelBuilderOptions;
import org.springframework.grpc.client.GrpcChannelBuilderCustomizer;
import org.springframework.grpc.client.GrpcChannelFactory;
import org.springframework.stereotype.Component;

/** All replica sets, and the clock of their watches. A stage of several pipelines is watched only once. */
@Component
public final class ReplicaSets implements DisposableBean {

    private static final Logger log = LoggerFactory.getLogger(ReplicaSets.class);

    /** Number of names that are looked up at the same time. */
    private static final int RESOLVERS = 3;

    private final GrpcChannelFactory channels;
    private final ReplicaProperties properties;
    private final MeterRegistry metrics;
    private final List<ReplicaSet<?>> sets = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService clock =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "replica-watch"));
    // Separate from the clock, because a name server may be slow.
    private final ScheduledExecutorService resolver =
            Executors.newScheduledThreadPool(RESOLVERS, task -> new Thread(task, "replica-resolver"));

    ReplicaSets(GrpcChannelFactory channels, ReplicaProperties properties, MeterRegistry metrics) {
        this.channels = channels;
        this.properties = properties;
        this.metrics = metrics;
        repeat(clock, Silence.TICK.toNanos(), () -> sets.forEach(ReplicaSet::tick));
    }

    /**
     * The replicas behind a target, watched from now on.
     *
     * @throws IllegalArgumentException if the target cannot be read
     */
    @SuppressWarnings("unchecked") // Each contract has one type of description.
    public synchronized <D> ReplicaSet<D> get(StageContract<D> contract, String target) {
        for (ReplicaSet<?> set : sets) {
            if (set.contract().equals(contract) && set.target().equals(target)) {
                return (ReplicaSet<D>) set;
            }
        }
        ReplicaSet<D> set = new ReplicaSet<>(contract, target, Target.parse(target), this::connect, properties);
        sets.add(set);
        if (sets.stream().filter(other -> other.contract().equals(contract)).count() == 1) {
            count(contract);
        }
        if (set.mayChange()) {
            repeat(resolver, properties.resolveEvery().toNanos(), set::resolve);
        } else {
            set.resolve();
        }
        return set;
    }

    /** Registers the gauges of a stage's replicas, of all its targets together. */
    private void count(StageContract<?> contract) {
        for (ReplicaState state : ReplicaState.values()) {
            Gauge.builder(
                            "pargo.gateway.replicas",
                            sets,
                            all -> all.stream()
                                    .filter(set -> set.contract().equals(contract))
                                    .flatMap(set -> set.all().stream())
                                    .filter(replica -> replica.state() == state)
                                    .count())
                    .description("Replicas by state")
                    .tag("stage", contract.tag())
                    .tag("state", state.tag())
                    .register(metrics);
        }
    }

    @Override
    public void destroy() {
        clock.shutdownNow();
        resolver.shutdownNow();
        sets.forEach(ReplicaSet::close);
    }

    private ManagedChannel connect(Address address) {
        GrpcChannelBuilderCustomizer<NettyChannelBuilder> name =
                (target, builder) -> builder.overrideAuthority(address.authority());
        return channels.createChannel(
                "static://" + address, ChannelBuilderOptions.defaults().withCustomizer(name));
    }

    private static void repeat(ScheduledExecutorService executor, long nanos, Runnable task) {
        Runnable safely = () -> {
            try {
                task.run();
            } catch (RuntimeException fault) {
                // If it were thrown, the watch would end.
                log.error("The watch of the replicas failed", fault);
            }
        };
        executor.scheduleWithFixedDelay(safely, 0, nanos, TimeUnit.NANOSECONDS);
    }
}
