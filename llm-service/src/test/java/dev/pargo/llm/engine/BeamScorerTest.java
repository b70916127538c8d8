package dev.pargo.llm.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.models.llm.BeamCandidates;
import dev.pargo.models.llm.PromptPart;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BeamScorerTest {

    @Test
    void goesOnWhenEveryEndTokenIsAmongTheBest() {
        BeamScorer search = new BeamScorer(new BeamSearchParams(1, 1, false, false), List.of(2, 3, 2));
        assertThat(search.candidates()).isEqualTo(3);
        search.advance(new BeamCandidates(new float[] {-0.1f, -0.2f, -5}, new int[3], new int[] {3, 2, 9}));
        assertThat(search.beams()).hasSize(1);
        assertThat(search.beams().get(0).ids()).containsExactly(9);
        assertThat(search.isDone()).isFalse();
        // The first end token is written for any end token; the worse continuation was not among the best of one beam.
        search.advance(new BeamCandidates(new float[] {-5.1f, -5.2f, -5.3f}, new int[3], new int[] {4, 5, 6}));
        assertThat(search.best().ids()).containsExactly(2);
    }

    @Test
    void searchesAlsoWhereNearlyEveryTokenEndsTheAnswer() {
        List<PromptPart> prompt = PargoMini.aboutImage(1, PargoMini.DESCRIBE);
        try (PargoMini mini = PargoMini.withSequences(4)) {
            for (int left = 0; left < 3; left++) {
                Integer[] ends =
                        IntStream.range(0, PargoMini.VOCABULARY - left).boxed().toArray(Integer[]::new);
                for (int beams = 1; beams <= 4; beams++) {
                    CollectedAnswer answer =
                            mini.submit(Asked.of(prompt).beams(beams).stopIds(ends));
                    assertThat(answer.ids()).hasSizeBetween(1, 60);
                }
            }
            assertThat(mini.engine.availablePages()).isEqualTo(mini.engine.pages());
        }
    }
}
