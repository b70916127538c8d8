package dev.pargo.models.llm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.models.fixture.FixtureCase;
import dev.pargo.models.fixture.Tolerance;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.weights.Checkpoint;
import dev.pargo.models.weights.FusionCheckpoint;
import dev.pargo.models.weights.LoraAdapter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

class DecoderParityTest {

    private static final String[] FAMILIES = {"internlm2", "llama", "qwen2", "mistral"};

    @TestFactory
    Stream<DynamicContainer> logitsEqualTheReferences() {
        return perCase(fixture -> {
            List<DynamicTest> tests = new ArrayList<>();
            for (String name : fixture.goldens().tensors().keySet()) {
                if (name.endsWith(".logits")) {
                    String prompt = name.substring(0, name.length() - ".logits".length());
                    tests.add(DynamicTest.dynamicTest(prompt, () -> checkLogits(fixture, prompt)));
                }
            }
            tests.add(DynamicTest.dynamicTest("input_ids", () -> checkTokenLogits(fixture)));
            return tests;
        });
    }

    @TestFactory
    Stream<DynamicContainer> greedyAnswersEqualTheReferencesTokenByToken() {
        return perCase(fixture -> prompts(fixture).stream()
                .map(prompt ->
                        DynamicTest.dynamicTest(prompt.get("name").asString(), () -> checkGreedy(fixture, prompt)))
                .toList());
    }

    @TestFactory
    Stream<DynamicContainer> aPromptReadInChunksBesideOthersGivesTheSameAnswer() {
        return perCase(fixture -> List.of(DynamicTest.dynamicTest("all prompts", () -> checkTogether(fixture))));
    }

    /** Lengths around the cache's blocks of 64 tokens. */
    @TestFactory
    Stream<DynamicTest> rowsOfDifferentLengthsAttendAsIfEachWereAlone() {
        return FixtureCase.discover(FAMILIES).stream()
                .map(fixture -> DynamicTest.dynamicTest(fixture.name(), () -> checkLengths(fixture)));
    }

    private static void checkLengths(FixtureCase fixture) {
        int[] lengths = {129, 2, 64, 200, 66, 65};
        EvenPages pages = new EvenPages(lengths.length, 200);
        Random random = new Random(1);
        try (CausalLm lm = load(fixture, false);
                KvCache cache = lm.newCache(pages.count())) {
            List<Step.Tokens> last = new ArrayList<>();
            List<float[]> alone = new ArrayList<>();
            for (int i = 0; i < lengths.length; i++) {
                int[] ids = random.ints(lengths[i], 0, lm.config().vocabulary()).toArray();
                int end = ids.length - 1;
                try (PromptEmbedding prompt = lm.embed(List.of(new PromptPart.Tokens(ids)));
                        Logits all = lm.score(prompt)) {
                    float[] rows = all.toArray();
                    alone.add(Arrays.copyOfRange(
                            rows,
                            end * lm.config().vocabulary(),
                            ids.length * lm.config().vocabulary()));
                    lm.step(cache, new Step(List.of(new Step.Chunk(pages.of(i), prompt, 0, end)), List.of()))
                            .close();
                }
                last.add(new Step.Tokens(pages.of(i), end, ids[end]));
            }
            try (Logits together = lm.step(cache, new Step(List.of(), last))) {
                float[] rows = together.toArray();
                for (int i = 0; i < lengths.length; i++) {
                    int width = lm.config().vocabulary();
                    new Tolerance(1e-4, 1e-4).check(Arrays.copyOfRange(rows, i * width, (i + 1) * width), alone.get(i));
                }
            }
        }
    }

    private static Stream<DynamicContainer> perCase(java.util.function.Function<FixtureCase, List<DynamicTest>> tests) {
        return FixtureCase.discover(FAMILIES).stream()
                .map(fixture -> DynamicContainer.dynamicContainer(fixture.name(), tests.apply(fixture)));
    }

    private static void checkLogits(FixtureCase fixture, String prompt) {
        try (CausalLm lm = load(fixture, prompt.startsWith("lora"));
                PromptEmbedding embedding = lm.embed(List.of(visual(fixture, prompt)));
                Logits logits = lm.score(embedding)) {
            fixture.tolerance().check(logits.toArray(), Tolerance.floats(fixture.golden(prompt + ".logits")));
        }
    }

    private static void checkTokenLogits(FixtureCase fixture) {
        HostTensor ids = fixture.golden("input_ids");
        int[] tokens = new int[(int) ids.elements()];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = (int) ids.data().getLong(ids.data().position() + i * Long.BYTES);
        }
        try (CausalLm lm = load(fixture, false);
                PromptEmbedding embedding = lm.embed(List.of(new PromptPart.Tokens(tokens)));
                Logits logits = lm.score(embedding)) {
            fixture.tolerance().check(logits.toArray(), Tolerance.floats(fixture.golden("input_ids_logits")));
        }
    }

    private static void checkGreedy(FixtureCase fixture, JsonNode prompt) {
        String name = prompt.get("name").asString();
        List<Integer> want = ids(prompt.get("greedy"));
        List<Integer> got = new ArrayList<>();
        try (CausalLm lm = load(fixture, name.startsWith("lora"));
                PromptEmbedding embedding = lm.embed(List.of(visual(fixture, name)));
                KvCache cache = lm.newCache(2)) {
            int[] pages = {1};
            got.add(next(
                    lm, cache, new Step(List.of(new Step.Chunk(pages, embedding, 0, embedding.length())), List.of())));
            while (got.size() < want.size()) {
                int position = embedding.length() + got.size() - 1;
                Step.Tokens token = new Step.Tokens(pages, position, got.get(got.size() - 1));
                got.add(next(lm, cache, new Step(List.of(), List.of(token))));
            }
        }
        assertThat(got).isEqualTo(want);
    }

    private static int next(CausalLm lm, KvCache cache, Step step) {
        try (Logits logits = lm.step(cache, step)) {
            return logits.argmax()[0];
        }
    }

    /** Prompts join one step after another, three rows at a time, and are decoded side by side. */
    private static void checkTogether(FixtureCase fixture) {
        List<JsonNode> prompts = prompts(fixture).stream()
                .filter(prompt -> !prompt.get("name").asString().startsWith("lora"))
                .toList();
        int count = prompts.size();
        List<List<Integer>> got = IntStream.range(0, count)
                .<List<Integer>>mapToObj(i -> new ArrayList<>())
                .toList();
        int[] read = new int[count];
        try (CausalLm lm = load(fixture, false);
                KvCache cache = lm.newCache(count)) {
            List<PromptEmbedding> embeddings = prompts.stream()
                    .map(prompt ->
                            lm.embed(List.of(visual(fixture, prompt.get("name").asString()))))
                    .toList();
            for (int round = 0; round < 40; round++) {
                List<Step.Chunk> chunks = new ArrayList<>();
                List<Step.Tokens> tokens = new ArrayList<>();
                List<Integer> order = new ArrayList<>();
                int ended = 0;
                for (int i = 0; i < Math.min(count, round + 1); i++) {
                    int length = embeddings.get(i).length();
                    if (read[i] < length) {
                        int rows = Math.min(3, length - read[i]);
                        chunks.add(new Step.Chunk(new int[] {i}, embeddings.get(i), read[i], rows));
                        read[i] += rows;
                        if (read[i] == length) {
                            order.add(ended++, i);
                        }
                    } else if (got.get(i).size() < prompts.get(i).get("greedy").size()) {
                        List<Integer> answer = got.get(i);
                        tokens.add(new Step.Tokens(
                                new int[] {i}, length + answer.size() - 1, answer.get(answer.size() - 1)));
                        order.add(i);
                    }
                }
                if (chunks.isEmpty() && tokens.isEmpty()) {
                    break;
                }
                try (Logits logits = lm.step(cache, new Step(chunks, tokens))) {
                    int[] next = logits.argmax();
                    for (int k = 0; k < next.length; k++) {
                        int i = order.get(k);
                        got.get(i).add(next[k]);
                    }
                }
            }
            embeddings.forEach(PromptEmbedding::close);
        }
        for (int i = 0; i < count; i++) {
            assertThat(got.get(i)).isEqualTo(ids(prompts.get(i).get("greedy")));
        }
    }

    private static PromptPart visual(FixtureCase fixture, String prompt) {
        return new PromptPart.Visual(fixture.golden(prompt + ".inputs_embeds").get(0));
    }

    private static List<JsonNode> prompts(FixtureCase fixture) {
        return StreamSupport.stream(fixture.description().get("prompts").spliterator(), false)
                .toList();
    }

    private static List<Integer> ids(JsonNode ids) {
        return StreamSupport.stream(ids.spliterator(), false)
                .map(JsonNode::asInt)
                .toList();
    }

    private static CausalLm load(FixtureCase fixture, boolean lora) {
        DecoderConfig config = DecoderConfig.read(fixture.directory());
        Checkpoint checkpoint = Checkpoint.open(fixture.directory());
        LoraAdapter adapter = lora
                ? LoraAdapter.of(
                        FusionCheckpoint.open(fixture.file("/weights/fusion_lora")),
                        fixture.description().at("/lora/alpha").asDouble())
                : LoraAdapter.none();
        return CausalLm.load(new StoredNetwork<>(config, checkpoint, adapter), Placement.REFERENCE);
    }
}
