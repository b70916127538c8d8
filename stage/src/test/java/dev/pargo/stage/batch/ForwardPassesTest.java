package dev.pargo.stage.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ForwardPassesTest {

    private static List<List<Integer>> divide(Integer... rows) {
        return ForwardPasses.divide(List.of(rows), Integer::longValue, 10);
    }

    @Test
    void aPassIsFilledInOrder() {
        assertThat(divide(4, 6, 1, 9, 2)).containsExactly(List.of(4, 6), List.of(1, 9), List.of(2));
    }

    @Test
    void aLargeInputHasAPassOfItsOwn() {
        assertThat(divide(3, 25, 3)).containsExactly(List.of(3), List.of(25), List.of(3));
    }

    @Test
    void nothingNeedsNoPass() {
        assertThat(divide()).isEmpty();
    }
}
