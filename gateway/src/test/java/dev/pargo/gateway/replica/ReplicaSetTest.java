package dev.pargo.gateway.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pargo.gateway.loopback.LoopbackStages;
import dev.pargo.proto.v1.EncoderDescription;
import dev.pargo.proto.v1.EncoderGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A name whose addresses change. */
class ReplicaSetTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final ReplicaProperties PROPERTIES =
            new ReplicaProperties(SECOND, SECOND, SECOND, SECOND, SECOND, SECOND, SECOND);

    private LoopbackStages one;
    private LoopbackStages two;
    private final Name name = new Name();
    private final ReplicaSet<EncoderDescription> set = new ReplicaSet<>(
            new StageContract<>("encoder", "encoder", EncoderGrpc.getDescribeMethod()),
            "dns:///encoder:9091",
            name,
            address -> NettyChannelBuilder.forTarget(address.toString())
                    .usePlaintext()
                    .build(),
            PROPERTIES);

    @BeforeEach
    void start() throws Exception {
        one = new LoopbackStages();
        two = new LoopbackStages();
    }

    @AfterEach
    void stop() {
        set.close();
        one.close();
        two.close();
    }

    @Test
    void aNewAddressIsANewReplica() {
        name.standsFor(one);
        set.resolve();
        await().until(() -> set.usable().size() == 1);

        name.standsFor(one, two);
        set.resolve();

        await().until(() -> set.usable().size() == 2);
    }

    @Test
    void anAddressThatIsGoneIsNoReplicaAnyMore() {
        name.standsFor(one, two);
        set.resolve();
        await().until(() -> set.usable().size() == 2);
        Replica<EncoderDescription> stays = set.all().get(1);

        name.standsFor(two);
        set.resolve();

        assertThat(set.all()).containsExactly(stays);
        assertThat(stays.state()).isEqualTo(ReplicaState.READY);
    }

    @Test
    void aNameServerThatDoesNotAnswerTakesNoReplicaAway() {
        name.standsFor(one);
        set.resolve();
        await().until(() -> set.usable().size() == 1);

        name.isUnknown();
        set.resolve();

        assertThat(set.usable()).hasSize(1);
    }

    @Test
    void saysThatTheNameIsUnknown() {
        name.isUnknown();
        set.resolve();

        assertThat(set.isKnown()).isTrue();
        assertThat(set.problem()).isEqualTo("is not known to the name server");
    }

    private static final class Name implements Target {

        private Set<Address> addresses = Set.of();
        private boolean known;

        void standsFor(LoopbackStages... stages) {
            known = true;
            addresses = Stream.of(stages)
                    .map(stage -> Address.parse("127.0.0.1:" + stage.encoderPort()))
                    .collect(Collectors.toCollection(LinkedHashSet::new));
        }

        void isUnknown() {
            known = false;
        }

        @Override
        public Set<Address> addresses() throws UnknownHostException {
            if (!known) {
                throw new UnknownHostException();
            }
            return addresses;
        }

        @Override
        public boolean mayChange() {
            return true;
        }
    }
}
