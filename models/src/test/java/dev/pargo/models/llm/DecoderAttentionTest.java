package dev.pargo.models.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.pargo.models.fixture.FixtureCase;
import dev.pargo.models.fixture.Tolerance;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.weights.Checkpoint;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/**
 * The attention that a decoder gives is the one of its forward pass. It is recomputed here from the published weights, in
 * plain loops and double precision; the logits of that computation equal the reference's.
 */
class DecoderAttentionTest {

    private static final Set<String> CASES = Set.of("internlm2", "llama", "qwen2");
    private static final double TOLERANCE = 1e-5;
    private static final int CHUNK = 5;
    private static final int ALONE = 6;

    /** The pages of two sequences, the first of which is beside the other. */
    private static final EvenPages PAGES = new EvenPages(2, 128);

    private static final int[] BESIDE = PAGES.of(0);
    private static final int[] OWN = PAGES.of(1);

    /** The prompt of a fixture that has the longest answer. */
    private record Case(
            DecoderConfig config, Checkpoint weights, HostTensor prompt, int[] answer, HostTensor promptLogits) {

        static Case of(FixtureCase fixture) {
            JsonNode chosen = StreamSupport.stream(
                            fixture.description().get("prompts").spliterator(), false)
                    .filter(prompt -> !prompt.get("name").asString().startsWith("lora"))
                    .max(Comparator.comparingInt(prompt -> prompt.get("greedy").size()))
                    .orElseThrow();
            String name = chosen.get("name").asString();
            return new Case(
                    DecoderConfig.read(fixture.directory()),
                    Checkpoint.open(fixture.directory()),
                    fixture.golden(name + ".inputs_embeds").get(0),
                    StreamSupport.stream(chosen.get("greedy").spliterator(), false)
                            .mapToInt(JsonNode::asInt)
                            .toArray(),
                    fixture.golden(name + ".logits"));
        }

        CausalLm load() {
            return CausalLm.load(new StoredNetwork<>(config, weights), Placement.REFERENCE);
        }

        ReferenceDecoder.Pass reference() {
            ReferenceDecoder decoder = new ReferenceDecoder(config, weights);
            double[][] answered = decoder.embed(Arrays.stream(answer).boxed().toList());
            return decoder.run(Stream.concat(Arrays.stream(ReferenceDecoder.matrix(prompt)), Arrays.stream(answered))
                    .toArray(double[][]::new));
        }

        void check(Logits logits, int row, ReferenceDecoder.Pass reference, int position) {
            float[] weights = logits.attention(row).orElseThrow();
            double[] want = reference.attention(position, config.watchedFrom());
            assertThat(weights).hasSize(position + 1);
            double sum = 0;
            for (int i = 0; i < want.length; i++) {
                assertThat((double) weights[i]).as("%d to %d", position, i).isCloseTo(want[i], within(TOLERANCE));
                sum += weights[i];
            }
            assertThat(sum).isCloseTo(1, within(TOLERANCE));
        }
    }

    private static Stream<DynamicTest> perCase(Consumer<Case> check) {
        return FixtureCase.discover(CASES.toArray(String[]::new)).stream()
                .filter(fixture -> CASES.contains(fixture.name()))
                .map(fixture -> DynamicTest.dynamicTest(fixture.name(), () -> check.accept(Case.of(fixture))));
    }

    @TestFactory
    Stream<DynamicTest> theRecomputationGivesTheReferencesLogits() {
        return perCase(each -> {
            double[][] logits = each.reference().logits();
            double[][] want = ReferenceDecoder.matrix(each.promptLogits());
            for (int row = 0; row < want.length; row++) {
                for (int id = 0; id < want[row].length; id++) {
                    assertThat(logits[row][id]).isCloseTo(want[row][id], within(2e-3));
                }
            }
        });
    }

    /** The prompt is read in chunks beside another sequence, which is not watched. */
    @TestFactory
    Stream<DynamicTest> aWatchedRowsAttentionEqualsTheRecomputedOne() {
        return perCase(each -> {
            ReferenceDecoder.Pass reference = each.reference();
            try (CausalLm lm = each.load();
                    KvCache cache = lm.newCache(PAGES.count());
                    PromptEmbedding prompt = lm.embed(List.of(new PromptPart.Visual(each.prompt())));
                    PromptEmbedding other = lm.embed(List.of(new PromptPart.Tokens(new int[] {1, 2, 3})))) {
                lm.step(cache, new Step(List.of(new Step.Chunk(BESIDE, other, 0, 3)), List.of()))
                        .close();
                for (int from = 0; from < prompt.length(); from += CHUNK) {
                    Step.Chunk chunk = new Step.Chunk(OWN, prompt, from, Math.min(CHUNK, prompt.length() - from));
                    List<Integer> watched = chunk.endsPrompt() ? List.of(0) : List.of();
                    Step.Tokens beside = new Step.Tokens(BESIDE, 3 + from / CHUNK, 7);
                    try (Logits logits = lm.step(cache, new Step(List.of(chunk), List.of(beside), watched))) {
                        if (chunk.endsPrompt()) {
                            each.check(logits, 0, reference, prompt.length() - 1);
                            assertThat(logits.attention(1)).isEmpty();
                        }
                    }
                }
                int behind = 3 + (prompt.length() + CHUNK - 1) / CHUNK;
                for (int i = 0; i < ALONE; i++) {
                    Step.Tokens beside = new Step.Tokens(BESIDE, behind + i, 9);
                    Step.Tokens token = new Step.Tokens(OWN, prompt.length() + i, each.answer()[i]);
                    try (Logits logits = lm.step(cache, new Step(List.of(), List.of(beside, token), List.of(1)))) {
                        each.check(logits, 1, reference, prompt.length() + i);
                    }
                }
                int[] guessed = Arrays.copyOfRange(each.answer(), ALONE, ALONE + 4);
                Step.Tokens tokens = new Step.Tokens(OWN, prompt.length() + ALONE, guessed);
                try (Logits logits = lm.step(cache, new Step(List.of(), List.of(tokens), List.of(0, 1, 2, 3)))) {
                    for (int i = 0; i < guessed.length; i++) {
                        each.check(logits, i, reference, prompt.length() + ALONE + i);
                    }
                }
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> aWatchedStepGivesTheSameLogits() {
        return perCase(each -> {
            try (CausalLm lm = each.load();
                    KvCache cache = lm.newCache(2);
                    PromptEmbedding prompt = lm.embed(List.of(new PromptPart.Visual(each.prompt())))) {
                Step.Chunk all = new Step.Chunk(new int[] {0, 1}, prompt, 0, prompt.length());
                try (Logits plain = lm.step(cache, new Step(List.of(all), List.of()));
                        Logits watched = lm.step(cache, new Step(List.of(all), List.of(), List.of(0)))) {
                    new Tolerance(0, 0).check(watched.toArray(), plain.toArray());
                }
            }
        });
    }
}
