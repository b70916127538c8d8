package dev.pargo.llm.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.models.llm.KvCache;
import dev.pargo.models.llm.PromptPart;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers take the KV cache's pages as they grow, and go on unchanged after it was full. */
class FullCacheTest {

    private static final double CONTEXT_PAGES = 512.0 / KvCache.PAGE_TOKENS;
    private static final List<PromptPart> PICTURE = PargoMini.aboutImage(1, PargoMini.DESCRIBE);

    private static PargoMini withPages(int sequences, int pages) {
        return new PargoMini(PargoMini.properties(sequences, pages / CONTEXT_PAGES, true, Duration.ofHours(1)));
    }

    private static double count(PargoMini mini, String meter) {
        return mini.meters.get(meter).functionCounter().count();
    }

    private static double preemptions(PargoMini mini) {
        return mini.meters.get("pargo.llm.preemptions").counter().count();
    }

    private static double gauge(PargoMini mini, String meter) {
        return mini.meters.get(meter).gauge().value();
    }

    private static Asked text(int i) {
        return Asked.of(PargoMini.text("USER: number %d\nASSISTANT: ".formatted(i)));
    }

    /** A whole context has 8 pages. */
    @Test
    void manyShortAnswersFitIntoTheMemoryOfTwoContexts() throws Exception {
        try (PargoMini mini = withPages(16, 23)) {
            Standstill still = new Standstill();
            mini.submit(Asked.of(PICTURE).endless(20), still);
            still.begun();
            List<CollectedAnswer> others = IntStream.range(0, 8)
                    .mapToObj(i -> mini.submit(text(i).endless(20)))
                    .toList();
            Standstill last = new Standstill();
            mini.submit(text(8).endless(20), last);
            still.end();
            last.begun();
            assertThat(gauge(mini, "pargo.llm.requests.running")).isEqualTo(10);
            assertThat(gauge(mini, "pargo.llm.kv.utilization")).isBetween(0.4, 0.8);
            last.end();
            others.forEach(answer -> assertThat(answer.ids()).hasSize(20));
            assertThat(preemptions(mini)).isZero();
        }
    }

    /** Greedy answers, beams and samples that together need several times the memory. */
    @ParameterizedTest
    @ValueSource(ints = {15, 18, 40})
    void answersAreTheSameAsWithEnoughMemory(int pages) {
        List<Asked> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            all.add(text(i).endless(250));
            all.add(text(i).choices(2).sampled(1, i).endless(100));
        }
        all.add(Asked.of(PICTURE).choices(3).sampled(0.8, 1).endless(60));
        all.add(Asked.of(PICTURE).beams(3).tokens(0, 25));
        List<List<List<Integer>>> expected = new ArrayList<>();
        try (PargoMini mini = withPages(8, 256)) {
            all.forEach(asked -> expected.add(ids(mini.submit(asked), asked)));
            assertThat(preemptions(mini)).isZero();
        }
        try (PargoMini mini = withPages(8, pages)) {
            List<CollectedAnswer> answers = all.stream().map(mini::submit).toList();
            for (int i = 0; i < all.size(); i++) {
                assertThat(ids(answers.get(i), all.get(i))).isEqualTo(expected.get(i));
            }
            if (pages < 40) {
                assertThat(preemptions(mini)).isPositive();
                assertThat(count(mini, "pargo.llm.kv.evictions")).isPositive();
            }
            assertNothingIsLost(mini);
        }
    }

    private static List<List<Integer>> ids(CollectedAnswer answer, Asked asked) {
        return IntStream.range(0, asked.request().choices())
                .mapToObj(answer::ids)
                .toList();
    }

    /** The longest prompt with as many answers as may run: each gets what is left of its page. */
    @Test
    void aRequestOfTheLongestPromptAndTheMostAnswersFitsAlone() {
        try (PargoMini mini = withPages(8, 15)) {
            assertThat(mini.engine.contextTokens()).isEqualTo(512);
            int[] ids = IntStream.range(0, 510).map(i -> 3 + i).toArray();
            CollectedAnswer answer = mini.submit(Asked.of(List.of(new PromptPart.Tokens(ids)))
                    .choices(8)
                    .sampled(1, 3)
                    .endless(100));
            for (int i = 0; i < 8; i++) {
                assertThat(answer.ids(i)).hasSize(2);
            }
            assertThat(preemptions(mini)).isZero();
            assertNothingIsLost(mini);
        }
    }

    @Test
    void theOldestAnswerIsNotInterrupted() throws Exception {
        try (PargoMini mini = withPages(8, 15)) {
            Standstill still = new Standstill();
            CollectedAnswer oldest = mini.submit(text(0).endless(400), still);
            still.begun();
            List<CollectedAnswer> others = IntStream.range(1, 5)
                    .mapToObj(i -> mini.submit(text(i).endless(400)))
                    .toList();
            still.end();
            assertThat(oldest.ids()).hasSize(400);
            // The memory is enough for two of them.
            assertThat(others.subList(1, 4)).noneMatch(CollectedAnswer::isOver);
            others.forEach(answer -> assertThat(answer.ids()).hasSize(400));
            assertThat(preemptions(mini)).isPositive();
            assertNothingIsLost(mini);
        }
    }

    private static void assertNothingIsLost(PargoMini mini) {
        assertThat(mini.submit(text(0).endless(3)).ids()).hasSize(3);
        assertThat(mini.engine.availablePages()).isEqualTo(mini.engine.pages());
        assertThat(mini.engine.waiting()).isZero();
        assertThat(gauge(mini, "pargo.llm.requests.suspended")).isZero();
    }
}
