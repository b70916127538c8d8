package dev.pargo.evaluation.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.evaluation.endpoint.Cli;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GatewayBenchIT {

    /** A gateway of its own answers every kind of request; how fast is for a quiet machine to say. */
    @Test
    void everyMeasurementIsMade() {
        Cli bench = Cli.run(
                "bench", "gateway", "--seconds", "0.3", "--warm-up", "0.3", "--connections", "2", "--pace", "1");

        assertThat(bench.status()).as(bench.err()).isZero();
        Stream.of(
                        "without a gateway: the load's own time",
                        "GET /health: no stage",
                        "text",
                        "known picture by its name",
                        "known picture, 30 kB",
                        "4 +at once",
                        "2 +1 ms",
                        "576 x 1024 features, 304 x 4096 visual tokens, bfloat16",
                        "tensor stream",
                        "the same bytes over gRPC, unchecked",
                        "TCP")
                .forEach(row -> assertThat(bench.out()).containsPattern("(?m)^ *" + row + " +[\\d.]*[1-9]"));
    }
}
