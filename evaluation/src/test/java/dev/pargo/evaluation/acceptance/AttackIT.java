package dev.pargo.evaluation.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.evaluation.endpoint.Cli;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The short form of {@code ./pargo attack}. */
@ExtendWith(OneAtATime.class)
class AttackIT {

    @Test
    void hostileClientsKeepNobodyOutAndEndNoService() {
        Cli attack = Cli.run("attack", "--short");

        assertThat(attack.out()).contains("requests that can never fit");
        assertThat(attack.status()).as(attack.out() + attack.err()).isZero();
    }
}
