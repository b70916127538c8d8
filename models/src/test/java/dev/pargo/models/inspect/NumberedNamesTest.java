package dev.pargo.models.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NumberedNamesTest {

    @Test
    void joinsTheNamesOfLayers() {
        assertThat(NumberedNames.collapse(List.of("norm", "blocks.0.a", "blocks.0.b", "blocks.1.a", "blocks.2.a")))
                .containsExactly("norm", "blocks.{0-2}.a", "blocks.0.b");
    }

    @Test
    void listsNumbersThatLeaveGaps() {
        assertThat(NumberedNames.collapse(List.of("layer.0.w", "layer.2.w"))).containsExactly("layer.{0,2}.w");
    }

    @Test
    void joinsEachNumberForItself() {
        assertThat(NumberedNames.collapse(List.of("l.0.e.3.w", "l.1.e.3.w", "l.1.e.4.w")))
                .containsExactly("l.{0-1}.e.{3-4}.w");
    }

    @Test
    void numbersWithinAWordStayApart() {
        assertThat(NumberedNames.collapse(List.of("mlp.w1", "mlp.w2", "ln_1.weight")))
                .containsExactly("mlp.w1", "mlp.w2", "ln_1.weight");
    }

    @Test
    void namesThatLookLikePatternsDoNoHarm() {
        assertThat(NumberedNames.collapse(List.of("a.#.b", "a.1.b", "$0.\\"))).hasSize(2);
    }
}
