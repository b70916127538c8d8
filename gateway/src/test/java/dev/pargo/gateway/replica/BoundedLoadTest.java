package dev.pargo.gateway.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.proto.v1.LlmDescription;
import dev.pargo.proto.v1.LlmGrpc;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BoundedLoadTest {

    private static final int KEYS = 1_000;

    private final List<ManagedChannel> channels = new ArrayList<>();

    @AfterEach
    void close() {
        channels.forEach(ManagedChannel::shutdownNow);
    }

    @Test
    void aKeyMeetsTheSameReplica() {
        List<Replica<LlmDescription>> replicas = replicas(3);

        for (long key = 0; key < KEYS; key++) {
            Replica<?> first = new BoundedLoad(key, 1, 1).among(replicas);
            assertThat(new BoundedLoad(key, 1, 1).among(replicas)).isSameAs(first);
        }
    }

    @Test
    void keysAreSpreadEvenly() {
        Map<Replica<?>, Integer> counts = new HashMap<>();
        List<Replica<LlmDescription>> replicas = replicas(4);
        for (long key = 0; key < KEYS; key++) {
            counts.merge(new BoundedLoad(key, 1, 1).among(replicas), 1, Integer::sum);
        }

        assertThat(counts).hasSize(4);
        assertThat(counts.values()).allMatch(count -> count > KEYS / 4 * 0.8 && count < KEYS / 4 * 1.2);
    }

    @Test
    void aReplicaThatGoesMovesItsOwnKeysOnly() {
        List<Replica<LlmDescription>> all = replicas(4);
        List<Replica<LlmDescription>> rest = all.subList(0, 3);

        for (long key = 0; key < KEYS; key++) {
            Replica<?> before = new BoundedLoad(key, 1, 1).among(all);
            if (before != all.get(3)) {
                assertThat(new BoundedLoad(key, 1, 1).among(rest)).isSameAs(before);
            }
        }
    }

    @Test
    void oneHotKeyLoadsNoReplicaMuchMoreThanTheOthers() {
        List<Replica<LlmDescription>> replicas = replicas(4);
        for (int i = 0; i < 40; i++) {
            new BoundedLoad(7, 1, 1).among(replicas).lease(1);
        }

        assertThat(replicas).map(Replica::load).allMatch(load -> load <= Math.ceil(1.25 * 40 / 4));
    }

    @Test
    void aKeyStaysWhereThereIsRoom() {
        List<Replica<LlmDescription>> replicas = replicas(4);
        Replica<?> first = new BoundedLoad(7, 1, 4).among(replicas);
        for (int i = 0; i < 4; i++) {
            new BoundedLoad(7, 1, 4).among(replicas).lease(1);
        }

        assertThat(first.load()).isEqualTo(4);
        assertThat(new BoundedLoad(7, 1, 4).among(replicas)).isNotSameAs(first);
    }

    @Test
    void theLessLoadedOfTwoIsChosen() {
        List<Replica<LlmDescription>> replicas = replicas(2);
        Lease lease = replicas.get(0).lease(1);

        assertThat(chosen(replicas)).containsExactly(replicas.get(1));
        lease.close();
        lease.close();
        assertThat(chosen(replicas)).hasSize(2);
    }

    private static Set<Replica<?>> chosen(List<Replica<LlmDescription>> replicas) {
        Set<Replica<?>> chosen = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            chosen.add(Choice.leastLoaded().among(replicas));
        }
        return chosen;
    }

    private List<Replica<LlmDescription>> replicas(int count) {
        StageContract<LlmDescription> contract = new StageContract<>("LLM", "llm", LlmGrpc.getDescribeMethod());
        Duration never = Duration.ofHours(1);
        ReplicaProperties properties = new ReplicaProperties(never, never, never, never, never, never, never);
        List<Replica<LlmDescription>> replicas = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Address address = Address.parse("10.0.0.%d:9093".formatted(i + 1));
            ManagedChannel channel = NettyChannelBuilder.forAddress(address.host(), address.port())
                    .usePlaintext()
                    .build();
            channels.add(channel);
            replicas.add(new Replica<>(address, channel, contract, properties));
        }
        return replicas;
    }
}
