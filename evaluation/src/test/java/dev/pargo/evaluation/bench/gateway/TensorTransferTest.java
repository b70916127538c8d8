package dev.pargo.evaluation.bench.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TensorTransferTest {

    private static final Duration TIME = Duration.ofMillis(300);

    @Test
    void wholeTensorsAreCounted() throws Exception {
        try (InstantStages stages = InstantStages.start()) {
            // More than one tensor of 1.2 MB.
            assertThat(TensorTransfer.ofTensors(stages.port(), TIME)).isGreaterThan(2e6);
        }
    }

    @Test
    void plainStreamsAreAsLongAsTensors() throws Exception {
        try (InstantStages stages = InstantStages.start()) {
            ManagedChannel channel = TensorTransfer.channel(stages.port());
            assertThat(PlainStream.receive(channel)).isEqualTo(576 * 1024 * 2);
            channel.shutdownNow();
        }
    }

    @Test
    void plainTcpCarriesBytes() throws Exception {
        assertThat(TensorTransfer.overTcp(TIME)).isGreaterThan(2e6);
    }
}
