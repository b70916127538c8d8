package dev.pargo.llm.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.llm.constraint.TokenConstraint;
import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.llm.CausalLm;
import dev.pargo.models.llm.PromptPart;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.torch.Placement;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that take the KV cache from each other, step by step. */
class PreemptionTest {

    private static final Duration NEVER = Duration.ofHours(1);
    private static final List<PromptPart> PICTURE = PargoMini.aboutImage(1, PargoMini.DESCRIBE);
    private static final List<PromptPart> OTHER_PICTURE = PargoMini.aboutImage(2, PargoMini.DESCRIBE);

    private static Asked text(int i) {
        return Asked.of(PargoMini.text("USER: number %d\nASSISTANT: ".formatted(i)));
    }

    /** A prompt that has no beginning in common with others. */
    private static Asked longText(int seed, int tokens) {
        int[] ids = new Random(seed).ints(tokens, 3, PargoMini.VOCABULARY).toArray();
        return Asked.of(List.of(new PromptPart.Tokens(ids)));
    }

    /** The memory is enough for the large answer, but not for it and what else would fit while it begins again. */
    @Test
    void anAnswerThatIsBeingRestoredKeepsTheMemoryForTheRestOfIt() {
        try (SteppedEngine mini = new SteppedEngine(8, 40, NEVER)) {
            CollectedAnswer large = mini.submit(text(1).choices(4).sampled(1, 1).endless(360));
            mini.stepUntil(() -> large.pieces().size() >= 4 * 350);
            large.generation.pause();
            CollectedAnswer filling =
                    mini.submit(text(2).choices(8).sampled(1, 2).endless(400));
            mini.stepUntil(() -> mini.usedPages() == 40);
            filling.generation.cancel();
            large.generation.resume();
            List<CollectedAnswer> small = IntStream.range(0, 3)
                    .mapToObj(i -> mini.submit(longText(i, 350).endless(30)))
                    .toList();

            mini.stepUntil(() -> large.isOver() && small.stream().allMatch(CollectedAnswer::isOver));

            assertThat(large.ids(3)).hasSize(360);
            assertThat(mini.count("pargo.llm.preemptions")).isZero();
            assertThat(mini.usedPages()).isZero();
        }
    }

    @Test
    void theClientThatHasBeenServedMostMakesWay() {
        try (SteppedEngine mini = new SteppedEngine(8, 15, NEVER)) {
            List<CollectedAnswer> crowd = IntStream.range(0, 3)
                    .mapToObj(i -> mini.submit(text(i).from("crowd").endless(400)))
                    .toList();
            mini.stepUntil(() -> crowd.get(2).pieces().size() > 100);
            CollectedAnswer newcomer = mini.submit(text(9).from("newcomer").endless(200));

            mini.stepUntil(() -> !newcomer.pieces().isEmpty());
            int steps = 0;
            while (!newcomer.isOver()) {
                mini.step();
                steps++;
            }

            // Each step has written at least one of its tokens.
            assertThat(steps).isLessThan(200);
            assertThat(mini.count("pargo.llm.preemptions")).isPositive();
            mini.stepUntil(() -> crowd.stream().allMatch(CollectedAnswer::isOver));
            crowd.forEach(answer -> assertThat(answer.ids()).hasSize(400));
            assertThat(mini.usedPages()).isZero();
        }
    }

    @Test
    void anAnswerThatIsCompleteGivesUpItsPagesBeforeTheOthersOfItsRequest() {
        Asked asked = longText(1, 60).choices(3).sampled(1.5, 4);
        int end;
        List<Integer> expected;
        try (SteppedEngine mini = new SteppedEngine(3, 40, NEVER)) {
            CollectedAnswer answer = mini.submit(asked.endless(200));
            mini.stepUntil(answer::isOver);
            expected = answer.ids(1);
            end = answer.ids(0).stream()
                    .skip(100)
                    .filter(id -> !answer.ids(1).contains(id) && !answer.ids(2).contains(id))
                    .findFirst()
                    .orElseThrow();
        }
        try (SteppedEngine mini = new SteppedEngine(3, 40, NEVER)) {
            CollectedAnswer answer = mini.submit(asked.stopIds(end).tokens(0, 200));
            mini.stepUntil(() -> answer.pieces().stream().anyMatch(piece -> piece.reason() != null));
            int length = (int) answer.pieces().stream()
                    .filter(piece -> piece.choice() == 1)
                    .mapToInt(piece -> piece.ids().length)
                    .sum();
            int each = (60 + length - 1 + 63) / 64;

            assertThat(mini.usedPages()).isEqualTo(2 * each);

            mini.stepUntil(answer::isOver);
            assertThat(answer.ids(1)).isEqualTo(expected);
            assertThat(mini.usedPages()).isZero();
        }
    }

    @Test
    void cachedTokensAreThoseThatTheFirstStartFound() {
        try (SteppedEngine mini = new SteppedEngine(1, 16, NEVER)) {
            CollectedAnswer slow = mini.submit(longText(1, 300).endless(5));
            mini.step();
            mini.step();
            slow.generation.pause();
            CollectedAnswer other = mini.submit(text(1).endless(2));
            mini.stepUntil(other::isOver);
            slow.generation.resume();
            mini.stepUntil(slow::isOver);
            assertThat(slow.summary().cachedTokens()).isZero();
        }
    }

    /** Whenever the model fails, even between two contents that are to be restored, the engine goes on. */
    @Test
    void aModelThatFailsWhileAnswersAreRestoredFailsTheRequestsAndNotTheDevice() {
        for (int token = 5; token < 8; token++) {
            try (CausalLm lm = PargoMini.load();
                    SteppedEngine mini = new SteppedEngine(3, 18, NEVER, lm)) {
                CollectedAnswer two =
                        mini.submit(text(1).choices(2).sampled(1, 1).endless(150));
                mini.stepUntil(() -> two.pieces().size() >= 2 * 140);
                two.generation.pause();
                CollectedAnswer filling =
                        mini.submit(text(2).choices(3).sampled(1, 2).endless(380));
                mini.stepUntil(() -> mini.usedPages() >= 17);
                filling.generation.cancel();
                int[] left = {token};
                CollectedAnswer beside = new CollectedAnswer(() -> {}, () -> {
                    if (--left[0] == 0) {
                        lm.close();
                    }
                });
                mini.submit(text(3).endless(50), beside);
                mini.step();
                two.generation.resume();
                mini.stepUntil(() -> two.isOver() && beside.isOver());
                for (CollectedAnswer answer : List.of(two, beside)) {
                    assertThat(StageError.of(answer.failure()).orElseThrow().reason())
                            .isEqualTo(ErrorReason.INTERNAL);
                }
                assertThat(mini.usedPages()).isZero();
            }
        }
    }

    /**
     * Gemma reads a picture at once. Of a prompt that ends with one, everything but the last row is in the cache, but
     * nothing of the picture can be used.
     */
    @Test
    void aPictureThatMustBeReadAgainWaitsForItsPages() {
        Path gemma = Path.of("../models/src/test/families/gemma3/model");
        Asked asked = Asked.of(List.of(
                new PromptPart.Tokens(new int[] {2, 5, 6, 7}),
                new PromptPart.Visual(HostTensor.allocate(DType.FLOAT32, 200, 96))));
        try (CausalLm lm = CausalLm.load(ModelBundle.read(gemma).llm(), Placement.REFERENCE);
                SteppedEngine mini = new SteppedEngine(2, 17, NEVER, lm)) {
            CollectedAnswer first = mini.submit(asked.endless(720));
            mini.stepUntil(() -> mini.usedPages() == 14);
            CollectedAnswer second = mini.submit(asked.endless(100));

            mini.stepUntil(() -> first.isOver() && second.isOver());

            assertThat(first.ids()).hasSize(720);
            assertThat(second.ids()).isEqualTo(first.ids().subList(0, 100));
            assertThat(mini.usedPages()).isZero();
        }
    }

    /** What requests are made of; those of one answer are made more often. */
    private static final List<Asked> KINDS = new ArrayList<>();

    private static final List<List<List<Integer>>> UNDISTURBED = new ArrayList<>();

    @BeforeAll
    static void writeUndisturbed() {
        for (int i = 0; i < 4; i++) {
            KINDS.add(text(i).endless(200 + 70 * i));
            KINDS.add(text(i).sampled(1, i).endless(300));
            KINDS.add(longText(i, 1 + 90 * i).endless(120));
            KINDS.add(text(i).choices(2 + i % 2).sampled(1.2, 10 + i).tokens(0, 150));
            KINDS.add(Asked.of(i < 2 ? PICTURE : OTHER_PICTURE)
                    .choices(1 + i % 3)
                    .sampled(0.8, i)
                    .endless(60));
            KINDS.add(Asked.of(PICTURE).beams(1 + i % 3).tokens(0, 30));
        }
        try (SteppedEngine mini = new SteppedEngine(8, 256, NEVER)) {
            for (Asked kind : KINDS) {
                CollectedAnswer answer = mini.submit(kind);
                mini.stepUntil(answer::isOver);
                UNDISTURBED.add(ids(answer, kind));
            }
        }
    }

    private record Submitted(CollectedAnswer answer, int kind) {}

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 6})
    void inAnyOrderOfEventsAnswersAreAsUndisturbedAndNoPageIsLost(int seed) {
        Random random = new Random(seed);
        int pages = 15 + random.nextInt(8);
        Duration turn = seed % 2 == 0 ? NEVER : Duration.ZERO;
        try (SteppedEngine mini = new SteppedEngine(8, pages, turn)) {
            List<Submitted> all = new ArrayList<>();
            Set<Submitted> cancelled = new HashSet<>();
            List<CollectedAnswer> doomed = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                int kind = random.nextInt(KINDS.size());
                String client = "client " + random.nextInt(3);
                all.add(new Submitted(mini.submit(KINDS.get(kind).from(client)), kind));
                if (random.nextInt(6) == 0) {
                    doomed.add(submitDoomed(mini, client, random));
                }
                for (int step = random.nextInt(20); step > 0; step--) {
                    Submitted any = all.get(random.nextInt(all.size()));
                    switch (random.nextInt(20)) {
                        case 0 -> any.answer().generation.pause();
                        case 1, 2, 3 -> any.answer().generation.resume();
                        case 4 -> {
                            if (random.nextInt(5) == 0 && !any.answer().isOver()) {
                                any.answer().generation.cancel();
                                cancelled.add(any);
                            }
                        }
                        default -> mini.step();
                    }
                }
            }
            all.forEach(each -> each.answer().generation.resume());
            all.removeAll(cancelled);
            mini.stepUntil(() -> all.stream().allMatch(each -> each.answer().isOver())
                    && doomed.stream().allMatch(CollectedAnswer::isOver));
            mini.step();

            doomed.forEach(CollectedAnswer::failure);
            for (Submitted each : all) {
                assertThat(ids(each.answer(), KINDS.get(each.kind()))).isEqualTo(UNDISTURBED.get(each.kind()));
            }
            assertThat(mini.count(turn == NEVER ? "pargo.llm.preemptions" : "pargo.llm.suspensions"))
                    .isPositive();
            assertThat(mini.usedPages()).isZero();
            assertThat(mini.engine.waiting()).isZero();
            assertThat(mini.gauge("pargo.llm.requests.suspended")).isZero();
            assertThat(mini.gauge("pargo.llm.kv.utilization")).isZero();
        }
    }

    /** A request of the same prompts that fails after some tokens, by itself or by its listener. */
    private static CollectedAnswer submitDoomed(SteppedEngine mini, String client, Random random) {
        int[] left = {1 + random.nextInt(60)};
        Runnable fail = () -> {
            if (--left[0] == 0) {
                throw new IllegalStateException("doomed");
            }
        };
        Asked asked = (random.nextBoolean() ? Asked.of(PICTURE) : text(random.nextInt(4)))
                .from(client)
                .choices(1 + random.nextInt(2))
                .sampled(1, random.nextInt(100))
                .endless(100);
        return random.nextBoolean()
                ? mini.submit(asked.constrained(() -> new Anything(fail)))
                : mini.submit(asked, new CollectedAnswer(() -> {}, fail));
    }

    /** Allows every token. */
    private record Anything(Runnable atEachToken) implements TokenConstraint {

        @Override
        public BitSet allowed() {
            BitSet all = new BitSet();
            all.set(3, PargoMini.VOCABULARY);
            return all;
        }

        @Override
        public boolean mayEnd() {
            return false;
        }

        @Override
        public boolean isComplete() {
            return false;
        }

        @Override
        public void accept(int id) {
            atEachToken.run();
        }
    }

    private static List<List<Integer>> ids(CollectedAnswer answer, Asked asked) {
        return IntStream.range(0, asked.request().choices())
                .mapToObj(answer::ids)
                .toList();
    }
}
