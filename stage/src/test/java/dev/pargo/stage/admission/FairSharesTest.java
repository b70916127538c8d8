package dev.pargo.stage.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class FairSharesTest {

    private final FairShares counters = new FairShares();

    @Test
    void aNewcomerStartsAtTheLeastServedClient() {
        counters.activate(Set.of("a", "b"));
        counters.charge("a", 100);
        counters.charge("b", 70);
        counters.activate(Set.of("a", "b", "c"));
        assertThat(counters.of("c")).isEqualTo(70);
    }

    @Test
    void idleTimeIsNoClaim() {
        counters.activate(Set.of("a", "b"));
        counters.charge("a", 10);
        counters.activate(Set.of("b"));
        counters.charge("b", 1000);
        counters.activate(Set.of("a", "b"));
        assertThat(counters.of("a")).isEqualTo(1000);
    }

    @Test
    void leavingAndComingBackIsNoDischarge() {
        counters.activate(Set.of("a", "b"));
        counters.charge("a", 1000);
        counters.charge("b", 10);
        counters.activate(Set.of("b"));
        counters.activate(Set.of("a", "b"));
        assertThat(counters.of("a")).isEqualTo(1000);
    }

    @Test
    void theLastToLeaveOwesNothingToNobody() {
        counters.activate(Set.of("a"));
        counters.charge("a", 1000);
        counters.activate(Set.of());
        counters.activate(Set.of("b"));
        counters.activate(Set.of("a", "b"));
        assertThat(counters.of("a")).isEqualTo(counters.of("b"));
    }

    @Test
    void debtsOfManyIdleClientsAreForgotten() {
        counters.activate(Set.of("a"));
        for (int i = 0; i < 20_000; i++) {
            String client = "client" + i;
            counters.activate(Set.of("a", client));
            counters.charge(client, 10);
        }
        counters.activate(Set.of("a"));
        counters.activate(Set.of("a", "client0", "client19999"));
        assertThat(counters.of("client0")).isZero();
        assertThat(counters.of("client19999")).isEqualTo(10);
    }
}
