package dev.pargo.evaluation.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.evaluation.endpoint.Cli;
import org.junit.jupiter.api.Test;

/** The short form of {@code ./pargo chaos}. */
class ChaosIT {

    @Test
    void promisesAreKeptWhileReplicasAreDisturbed() {
        Cli chaos = Cli.run("chaos", "--short");

        assertThat(chaos.status()).as(chaos.out() + chaos.err()).isZero();
    }
}
