package dev.pargo.evaluation.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.evaluation.endpoint.Cli;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The short form of {@code ./pargo chaos}. */
@ExtendWith(OneAtATime.class)
class ChaosIT {

    @Test
    void promisesAreKeptWhileReplicasAreDisturbed() {
        Cli chaos = Cli.run("chaos", "--short");

        assertThat(chaos.status()).as(chaos.out() + chaos.err()).isZero();
    }
}
