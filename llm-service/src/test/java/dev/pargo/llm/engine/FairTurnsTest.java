package dev.pargo.llm.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.models.llm.PromptPart;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients share the device fairly, and a suspended answer continues unchanged. */
class FairTurnsTest {

    private static final List<PromptPart> PICTURE = PargoMini.aboutImage(1, PargoMini.DESCRIBE);
    private static final List<PromptPart> OTHER_PICTURE = PargoMini.aboutImage(2, PargoMini.DESCRIBE);
    private static final List<PromptPart> TEXT = PargoMini.text("USER: hello\nASSISTANT: ");

    private static PargoMini mini(int sequences, int contexts, Duration turn) {
        return new PargoMini(PargoMini.properties(sequences, contexts, true, turn));
    }

    private static double suspensions(PargoMini mini) {
        return mini.meters.get("pargo.llm.suspensions").counter().count();
    }

    private static void assertNothingIsLost(PargoMini mini) {
        assertThat(mini.submit(Asked.of(TEXT).endless(3)).ids()).hasSize(3);
        assertThat(mini.engine.availablePages()).isEqualTo(mini.engine.pages());
        assertThat(mini.engine.waiting()).isZero();
    }

    @Test
    void aNewcomerIsServedBeforeWhatAnotherClientHasWaiting() throws Exception {
        try (PargoMini mini = mini(1, 4, Duration.ofHours(1))) {
            Standstill still = new Standstill();
            mini.submit(Asked.of(TEXT).from("crowd").endless(50), still);
            still.begun();
            List<CollectedAnswer> crowd = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                crowd.add(mini.submit(Asked.of(TEXT).from("crowd").endless(50)));
            }
            CollectedAnswer newcomer =
                    mini.submit(Asked.of(TEXT).from("newcomer").endless(5));
            still.end();
            assertThat(newcomer.ids()).hasSize(5);
            assertThat(crowd).noneMatch(CollectedAnswer::isOver);
            crowd.forEach(answer -> assertThat(answer.ids()).hasSize(50));
            assertThat(suspensions(mini)).isZero();
            assertNothingIsLost(mini);
        }
    }

    @Test
    void requestsOfOneClientAreServedInTheirOrder() throws Exception {
        try (PargoMini mini = mini(1, 4, Duration.ZERO)) {
            Standstill still = new Standstill();
            mini.submit(Asked.of(TEXT).endless(5), still);
            still.begun();
            List<Integer> order = new ArrayList<>();
            List<CollectedAnswer> answers = IntStream.range(0, 5)
                    .mapToObj(i -> mini.submit(Asked.of(TEXT).endless(20), () -> order.add(i)))
                    .toList();
            still.end();
            answers.forEach(CollectedAnswer::end);
            assertThat(order).containsExactly(0, 1, 2, 3, 4);
            assertThat(suspensions(mini)).isZero();
        }
    }

    @Test
    void aClientThatHoldsEveryPlaceMakesWayAfterItsTurn() throws Exception {
        try (PargoMini mini = mini(2, 8, Duration.ZERO)) {
            Standstill still = new Standstill();
            CollectedAnswer crowd =
                    mini.submit(Asked.of(TEXT).from("crowd").choices(2).endless(300), still);
            still.begun();
            CollectedAnswer newcomer =
                    mini.submit(Asked.of(TEXT).from("newcomer").endless(5));
            still.end();
            assertThat(newcomer.ids()).hasSize(5);
            assertThat(crowd.isOver()).isFalse();
            assertThat(crowd.ids(1)).hasSize(300);
            assertThat(suspensions(mini)).isPositive();
            assertNothingIsLost(mini);
        }
    }

    @Test
    void anAnswerIsNotInterruptedBeforeItsTurnIsOver() throws Exception {
        try (PargoMini mini = mini(1, 4, Duration.ofHours(1))) {
            Standstill still = new Standstill();
            CollectedAnswer running = mini.submit(Asked.of(TEXT).from("first").endless(100), still);
            still.begun();
            CollectedAnswer newcomer =
                    mini.submit(Asked.of(TEXT).from("newcomer").endless(1));
            still.end();
            newcomer.summary();
            assertThat(running.isOver()).isTrue();
            assertThat(suspensions(mini)).isZero();
        }
    }

    /**
     * If the memory is small, a suspended answer loses its keys and values, and they are computed
     * again.
     */
    @ParameterizedTest
    @ValueSource(ints = {2, 12})
    void suspendedAnswersAreTheSameAsOthers(int contexts) throws Exception {
        List<Asked> all = List.of(
                Asked.of(PICTURE).from("a").choices(3).sampled(0.8, 1).endless(60),
                Asked.of(OTHER_PICTURE).from("b").beams(3).tokens(0, 25),
                Asked.of(TEXT).from("c").choices(2).sampled(1, 7).topLogprobs(2).endless(60),
                Asked.of(PICTURE).from("d").endless(60));
        List<List<List<Integer>>> expected = new ArrayList<>();
        try (PargoMini mini = mini(3, contexts, Duration.ofHours(1))) {
            for (Asked asked : all) {
                expected.add(ids(mini.submit(asked), asked));
            }
        }
        try (PargoMini mini = mini(3, contexts, Duration.ZERO)) {
            Standstill still = new Standstill();
            CollectedAnswer first = mini.submit(all.get(0), still);
            still.begun();
            List<CollectedAnswer> answers = new ArrayList<>(List.of(first));
            all.stream().skip(1).forEach(asked -> answers.add(mini.submit(asked)));
            still.end();
            for (int i = 0; i < all.size(); i++) {
                assertThat(ids(answers.get(i), all.get(i))).isEqualTo(expected.get(i));
            }
            assertThat(suspensions(mini)).isGreaterThan(3);
            assertNothingIsLost(mini);
        }
    }

    private static List<List<Integer>> ids(CollectedAnswer answer, Asked asked) {
        return IntStream.range(0, asked.request().choices())
                .mapToObj(answer::ids)
                .toList();
    }

    @Test
    void aPausedAnswerHoldsNoPlaceThatAnotherNeeds() throws Exception {
        try (PargoMini mini = mini(1, 4, Duration.ofHours(1))) {
            Standstill still = new Standstill();
            CollectedAnswer slow = mini.submit(Asked.of(TEXT).endless(40), still);
            still.begun();
            slow.generation.pause();
            CollectedAnswer next = mini.submit(Asked.of(TEXT).endless(5));
            still.end();
            assertThat(next.ids()).hasSize(5);
            assertThat(slow.isOver()).isFalse();
            slow.generation.resume();
            assertThat(slow.ids()).hasSize(40);
            assertNothingIsLost(mini);
        }
    }

    @Test
    void aSuspendedAnswerCanBeCancelledAndItsTokensAreCounted() throws Exception {
        try (PargoMini mini = mini(1, 4, Duration.ofHours(1))) {
            Standstill still = new Standstill();
            CollectedAnswer slow = mini.submit(Asked.of(TEXT).endless(40), still);
            still.begun();
            slow.generation.pause();
            CollectedAnswer next = mini.submit(Asked.of(TEXT).endless(5));
            still.end();
            next.summary();
            slow.generation.cancel();
            assertNothingIsLost(mini);
            assertThat(mini.meters
                            .get("pargo.llm.tokens")
                            .tag("direction", "out")
                            .counter()
                            .count())
                    .isEqualTo(slow.pieces().size() + 5 + 3);
        }
    }
}
