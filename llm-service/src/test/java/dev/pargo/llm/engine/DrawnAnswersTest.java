package dev.pargo.llm.engine;

import static dev.pargo.llm.engine.PargoMini.DESCRIBE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.pargo.models.llm.PromptPart;
import dev.pargo.models.llm.SampleLogprobs;
import dev.pargo.models.llm.SamplingParams;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Answers under each option, against plain recomputations from the network's logits. */
class DrawnAnswersTest {

    private static final PargoMini MINI = PargoMini.withSequences(8);
    private static final List<PromptPart> PICTURE = PargoMini.aboutImage(1, DESCRIBE);
    private static final List<PromptPart> TEXT = PargoMini.text("USER: hello\nASSISTANT: ");

    @AfterAll
    static void close() {
        MINI.close();
    }

    @AfterEach
    void allPagesAreFree() {
        assertThat(MINI.engine.availablePages()).isEqualTo(MINI.engine.pages());
    }

    private static int best(float[] logits) {
        return IntStream.range(0, logits.length)
                .reduce((a, b) -> logits[b] > logits[a] ? b : a)
                .orElseThrow();
    }

    private static double[] logSoftmax(float[] logits) {
        double max = logits[best(logits)];
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - max);
        }
        double log = max + Math.log(sum);
        return IntStream.range(0, logits.length)
                .mapToDouble(i -> logits[i] - log)
                .toArray();
    }

    @Test
    void choicesAreWhatSeparateRequestsGet() {
        CollectedAnswer together = MINI.submit(Asked.of(PICTURE).choices(4).sampled(1.5, 10));
        for (int choice = 0; choice < 4; choice++) {
            CollectedAnswer own = MINI.submit(Asked.of(PICTURE).sampled(1.5, 10 + choice));
            assertThat(together.ids(choice)).isEqualTo(own.ids());
            assertThat(together.text(choice)).isEqualTo(own.text());
        }
        assertThat(IntStream.range(0, 4).mapToObj(together::ids).distinct()).hasSizeGreaterThan(1);
        assertThat(together.summary().tokens())
                .isEqualTo(IntStream.range(0, 4)
                        .map(choice -> together.ids(choice).size())
                        .sum());
    }

    @Test
    void greedyChoicesAreAllTheSame() {
        CollectedAnswer answer = MINI.submit(Asked.of(PICTURE).choices(3));
        List<Integer> alone = MINI.submit(Asked.of(PICTURE)).ids();
        for (int choice = 0; choice < 3; choice++) {
            assertThat(answer.ids(choice)).isEqualTo(alone);
        }
    }

    @Test
    void penaltiesAndBiasChangeTheLogitsAsDefined() {
        Map<Integer, Float> bias = Map.of(PargoMini.TOKENIZER.encode("blue")[0], 6f, 961, -100f);
        for (Penalties penalties : List.of(
                new Penalties(1.3, 0, 0, Map.of()),
                new Penalties(1, 2.5, 0, Map.of()),
                new Penalties(1, 0, 1.5, Map.of()),
                new Penalties(1, 0, 0, bias),
                new Penalties(0.8, -1, 0.7, bias))) {
            List<Integer> ids = MINI.submit(
                            Asked.of(PICTURE).penalties(penalties).endless(40))
                    .ids();
            assertThat(ids).as(penalties.toString()).isEqualTo(penalized(PICTURE, ids, penalties));
        }
        assertThat(MINI.submit(Asked.of(TEXT)
                                .penalties(new Penalties(1, 0, 0, Map.of(77, 100f)))
                                .endless(4))
                        .ids())
                .containsOnly(77);
    }

    /** The most probable token at each position of an answer, by the definition of the penalties. */
    private static List<Integer> penalized(List<PromptPart> prompt, List<Integer> answer, Penalties penalties) {
        Set<Integer> seen = prompt.stream()
                .filter(PromptPart.Tokens.class::isInstance)
                .flatMap(part -> IntStream.of(((PromptPart.Tokens) part).ids()).boxed())
                .collect(Collectors.toCollection(HashSet::new));
        Map<Integer, Integer> counts = new HashMap<>();
        float[][] logits = PargoMini.logits(prompt, answer);
        return IntStream.range(0, answer.size())
                .mapToObj(i -> {
                    float[] row = logits[i];
                    for (int id = 0; id < row.length; id++) {
                        if (seen.contains(id)) {
                            row[id] *= row[id] > 0 ? 1 / penalties.repetition() : penalties.repetition();
                        }
                        int count = counts.getOrDefault(id, 0);
                        row[id] -= count * penalties.frequency() + (count > 0 ? penalties.presence() : 0);
                        row[id] += penalties.bias().getOrDefault(id, 0f);
                    }
                    seen.add(answer.get(i));
                    counts.merge(answer.get(i), 1, Integer::sum);
                    return best(row);
                })
                .toList();
    }

    @Test
    void drawsOnlyWhatTheCutsLeave() {
        for (SamplingParams sampling : List.of(
                new SamplingParams(2, 3, 1, 0),
                new SamplingParams(2, 0, 0.6, 0),
                new SamplingParams(2, 0, 1, 0.2),
                new SamplingParams(2, 9, 0.9, 0.05),
                // Nearly equal probabilities, so that more tokens remain than are ranked at first.
                new SamplingParams(50, 0, 0.5, 0),
                new SamplingParams(50, 600, 0.8, 0))) {
            for (int seed = 0; seed < 3; seed++) {
                List<Integer> ids = MINI.submit(
                                Asked.of(TEXT).sampled(sampling, seed).endless(20))
                        .ids();
                float[][] logits = PargoMini.logits(TEXT, ids);
                for (int i = 0; i < ids.size(); i++) {
                    assertThat(left(logits[i], sampling))
                            .as("%s, token %d", sampling, i)
                            .contains(ids.get(i));
                }
            }
        }
    }

    @Test
    void aWideNucleusIsDrawnFromAsAWhole() {
        for (SamplingParams flat :
                List.of(new SamplingParams(1000, 0, 0.95, 0), new SamplingParams(1000, 1000, 0.95, 0))) {
            assertReachesBeyondTheFirstRanked(flat);
        }
    }

    private static void assertReachesBeyondTheFirstRanked(SamplingParams flat) {
        List<Integer> ids =
                MINI.submit(Asked.of(TEXT).sampled(flat, 1).endless(40)).ids();
        float[][] logits = PargoMini.logits(TEXT, ids);
        long beyond = IntStream.range(0, ids.size())
                .filter(i -> rank(logits[i], ids.get(i)) >= 256)
                .count();
        // All 1024 tokens have nearly the same probability.
        assertThat(beyond).isBetween(20L, 38L);
    }

    private static long rank(float[] logits, int id) {
        return IntStream.range(0, logits.length)
                .filter(other -> logits[other] > logits[id])
                .count();
    }

    /** The tokens that remain after top_k, then top_p, then min_p. */
    private static Set<Integer> left(float[] logits, SamplingParams sampling) {
        List<Integer> ranked = IntStream.range(0, logits.length)
                .boxed()
                .sorted((a, b) -> Float.compare(logits[b], logits[a]))
                .limit(sampling.topK() == 0 ? logits.length : sampling.topK())
                .toList();
        double top = logits[ranked.get(0)];
        double[] weights = ranked.stream()
                .mapToDouble(id -> Math.exp((logits[id] - top) / sampling.temperature()))
                .toArray();
        double sum =
                IntStream.range(0, weights.length).mapToDouble(i -> weights[i]).sum();
        Set<Integer> left = new HashSet<>();
        double before = 0;
        for (int i = 0; i < weights.length; i++) {
            // A small tolerance for the device's float32.
            if (before / sum < sampling.topP() + 1e-5 && weights[i] >= sampling.minP() - 1e-5) {
                left.add(ranked.get(i));
            }
            before += weights[i];
        }
        return left;
    }

    @Test
    void drawsAsOftenAsTheProbabilitiesSay() {
        int draws = 400;
        float[] logits = PargoMini.logits(TEXT, List.of(PargoMini.EOS))[0];
        double[] logprobs = logSoftmax(logits);
        List<CollectedAnswer> answers = IntStream.range(0, draws)
                .mapToObj(seed ->
                        MINI.submit(Asked.of(TEXT).sampled(1, 1000 + seed).endless(1)))
                .toList();
        Map<Integer, Long> counts = answers.stream()
                .collect(Collectors.groupingBy(answer -> answer.ids().get(0), Collectors.counting()));
        counts.forEach((id, count) -> {
            double expected = draws * Math.exp(logprobs[id]);
            // Five standard deviations of a binomial distribution, plus one for small numbers.
            assertThat((double) count).isCloseTo(expected, within(5 * Math.sqrt(expected) + 1));
        });
    }

    @Test
    void noAnswerEndsBeforeItsLeastTokens() {
        List<Integer> free = MINI.submit(Asked.of(PICTURE)).ids();
        assertThat(free).hasSizeLessThan(40).endsWith(PargoMini.EOS);
        CollectedAnswer longer = MINI.submit(Asked.of(PICTURE).tokens(40, 60));
        assertThat(longer.ids()).hasSizeGreaterThanOrEqualTo(40);
        assertThat(longer.ids().subList(0, 39)).doesNotContain(PargoMini.EOS);
        assertThat(longer.ids().subList(0, free.size() - 1)).isEqualTo(free.subList(0, free.size() - 1));
    }

    @Test
    void stopStringsAreNotMetBeforeTheLeastTokens() {
        List<Integer> free = MINI.submit(Asked.of(PICTURE)).ids();
        CollectedAnswer answer = MINI.submit(Asked.of(PICTURE).stop("a").tokens(10, 60));
        assertThat(answer.ids())
                .hasSizeGreaterThanOrEqualTo(10)
                .isEqualTo(free.subList(0, answer.ids().size()));
        assertThat(PargoMini.TOKENIZER.decode(free.stream().mapToInt(i -> i).toArray()))
                .startsWith(answer.text());
        assertThat(answer.reason()).isEqualTo(StopReason.STOP);
    }

    @Test
    void furtherIdsEndAnAnswer() {
        List<Integer> free = MINI.submit(Asked.of(PICTURE)).ids();
        int sixth = free.get(5);
        CollectedAnswer answer = MINI.submit(Asked.of(PICTURE).stopIds(PargoMini.EOS, sixth));
        assertThat(answer.ids()).isEqualTo(free.subList(0, free.indexOf(sixth) + 1));
        assertThat(answer.reason()).isEqualTo(StopReason.STOP);
        assertThat(answer.text())
                .isEqualTo(PargoMini.TOKENIZER.decode(free.subList(0, free.indexOf(sixth)).stream()
                        .mapToInt(i -> i)
                        .toArray()));
    }

    @Test
    void withoutEndTokensAnAnswerRunsToItsLimit() {
        CollectedAnswer answer = MINI.submit(Asked.of(PICTURE).endless(55));
        assertThat(answer.ids()).hasSize(55);
        assertThat(answer.reason()).isEqualTo(StopReason.LENGTH);
    }

    @Test
    void logprobsAreTheModelsOwnWhateverChangesTheDraw() {
        for (Asked asked : List.of(
                Asked.of(PICTURE),
                Asked.of(PICTURE).sampled(3, 4),
                Asked.of(PICTURE).penalties(new Penalties(1.5, 1, 1, Map.of(300, 20f))))) {
            CollectedAnswer answer = MINI.submit(asked.topLogprobs(5).endless(30));
            List<Integer> ids = answer.ids();
            List<SampleLogprobs> got = answer.logprobs();
            assertThat(got).hasSameSizeAs(ids);
            float[][] logits = PargoMini.logits(PICTURE, ids);
            for (int i = 0; i < ids.size(); i++) {
                double[] want = logSoftmax(logits[i]);
                assertThat((double) got.get(i).chosen()).isCloseTo(want[ids.get(i)], within(1e-3));
                float[] top = got.get(i).topLogprobs();
                assertThat(top).hasSize(5);
                for (int rank = 0; rank < top.length; rank++) {
                    assertThat((double) top[rank]).isCloseTo(want[got.get(i).topIds()[rank]], within(1e-3));
                    assertThat(rank == 0 || top[rank - 1] >= top[rank]).isTrue();
                }
                assertThat(got.get(i).topIds()[0]).isEqualTo(best(logits[i]));
            }
        }
    }

    @Test
    void eachAnswerGetsAsManyAlternativesAsItAskedFor() {
        List<CollectedAnswer> answers = Stream.of(0, 2, 7)
                .map(top -> MINI.submit(Asked.of(PICTURE).topLogprobs(top)))
                .toList();
        CollectedAnswer none = MINI.submit(Asked.of(PICTURE));
        assertThat(answers.get(0).logprobs()).allMatch(each -> each.topIds().length == 0);
        assertThat(answers.get(1).logprobs()).allMatch(each -> each.topIds().length == 2);
        assertThat(answers.get(2).logprobs()).allMatch(each -> each.topLogprobs().length == 7);
        assertThat(none.logprobs()).isEmpty();
    }

    @Test
    void aMixedBatchGivesEveryoneTheAnswerOfAnEngineOfTheirOwn() {
        List<Asked> mixed = List.of(
                Asked.of(PICTURE).beams(3),
                Asked.of(TEXT).sampled(1.2, 3).endless(50),
                Asked.of(PargoMini.aboutImage(2, DESCRIBE)).choices(2).sampled(0.9, 8),
                Asked.of(PICTURE),
                Asked.of(TEXT).penalties(new Penalties(1.2, 0.5, 0, Map.of())).endless(50),
                Asked.of(PargoMini.aboutImage(2, DESCRIBE)).beams(4),
                Asked.of(TEXT).endless(80).topLogprobs(1));
        List<CollectedAnswer> together = mixed.stream().map(MINI::submit).toList();
        for (int i = 0; i < mixed.size(); i++) {
            together.get(i).summary();
            try (PargoMini own = PargoMini.withSequences(4)) {
                assertThat(together.get(i).ids())
                        .as("request %d", i)
                        .isEqualTo(own.submit(mixed.get(i)).ids());
            }
        }
    }
}
