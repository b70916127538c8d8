package dev.pargo.service.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SharedCapacityTest {

    private final SharedCapacity capacity = new SharedCapacity(100);

    private long take(String client) {
        return IntStream.range(0, 200).filter(i -> capacity.tryTake(client, 1)).count();
    }

    @Test
    void oneClientAloneHoldsFourFifths() {
        assertThat(take("crowd")).isEqualTo(80);
    }

    @Test
    void aNewcomerFindsRoomBesideAClientThatTakesAllItGets() {
        take("crowd");
        assertThat(take("newcomer")).isGreaterThan(10);
    }

    @Test
    void whatIsGivenBackCanBeTakenAgain() {
        long most = take("crowd");
        for (int i = 0; i < most; i++) {
            capacity.release("crowd", 1);
        }
        assertThat(capacity.taken()).isZero();
        assertThat(take("crowd")).isEqualTo(most);
    }

    @Test
    void nothingIsTakenBeyondTheCapacity() {
        assertThat(capacity.tryTake("a", 101)).isFalse();
        assertThat(capacity.tryTake("a", 100)).isTrue();
        assertThat(capacity.tryTake("b", 1)).isFalse();
    }
}
