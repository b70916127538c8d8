package dev.pargo.models.family;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.fixture.Cosine;
import dev.pargo.models.fixture.Tolerance;
import dev.pargo.models.llm.CausalLm;
import dev.pargo.models.llm.EvenPages;
import dev.pargo.models.llm.KvCache;
import dev.pargo.models.llm.Logits;
import dev.pargo.models.llm.PromptEmbedding;
import dev.pargo.models.llm.PromptPart;
import dev.pargo.models.llm.Step;
import dev.pargo.models.picture.Grid;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.torch.Precision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Decoders of all families with whatever stands in the cache: windows, runs on a grid, chunks, precisions. */
class FamilyDecoderTest {

    private static final Tolerance TOLERANCE = new Tolerance(2e-4, 2e-4);

    /**
     * How far the logits of each precision point the same way as those of float32. The bounds are wide: networks this small
     * with random weights have no redundancy that would absorb the rounding.
     */
    private static final Map<Precision, Double> LEAST_COSINE =
            Map.of(Precision.BFLOAT16, 0.999, Precision.INT8, 0.995, Precision.INT4, 0.9);

    private interface Check {
        void check(ModelBundle bundle);
    }

    private static Stream<DynamicTest> perModel(Check check) {
        return FamilyCase.models().stream()
                .map(folder -> DynamicTest.dynamicTest(
                        folder.getFileName().toString(), () -> check.check(ModelBundle.read(model(folder)))));
    }

    private static Path model(Path folder) {
        return folder.resolve("model");
    }

    /** Each row has a scale of its own, so a batch changes no more than the rounding of single activations. */
    @TestFactory
    Stream<DynamicTest> in8BitsARowDoesNotDependOnItsBatch() {
        return perModel(bundle -> {
            int[] first = new Random(3).ints(40, 0, 100).toArray();
            int[] second = new Random(4).ints(90, 0, 100).toArray();
            try (CausalLm lm = CausalLm.load(bundle.llm(), new Placement(ai.djl.Device.cpu(), Precision.INT8, true));
                    KvCache cache = lm.newCache(new EvenPages(2, 100).count())) {
                float[] alone = nextLogits(lm, cache, List.of(first));
                float[] together = nextLogits(lm, cache, List.of(first, second));
                assertThat(Cosine.of(Arrays.copyOf(together, alone.length), alone))
                        .isGreaterThan(0.9999);
            }
        });
    }

    /** Reads all but each prompt's last token, then takes one step with the last tokens of all. */
    private static float[] nextLogits(CausalLm lm, KvCache cache, List<int[]> prompts) {
        EvenPages pages = new EvenPages(2, 100);
        List<Step.Tokens> last = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
            int[] ids = prompts.get(i);
            int end = ids.length - 1;
            try (PromptEmbedding prompt = lm.embed(List.of(new PromptPart.Tokens(ids)))) {
                lm.step(cache, new Step(List.of(new Step.Chunk(pages.of(i), prompt, 0, end)), List.of()))
                        .close();
            }
            last.add(new Step.Tokens(pages.of(i), end, ids[end]));
        }
        try (Logits logits = lm.step(cache, new Step(List.of(), last))) {
            return logits.toArray();
        }
    }

    /** Lengths around the cache's blocks of 64 tokens, and beyond Gemma's window. */
    @TestFactory
    Stream<DynamicTest> rowsOfDifferentLengthsAttendAsIfEachWereAlone() {
        return perModel(FamilyDecoderTest::checkLengths);
    }

    private static void checkLengths(ModelBundle bundle) {
        int[] lengths = {129, 2, 64, 200, 66, 65};
        Random random = new Random(1);
        EvenPages pages = new EvenPages(lengths.length, 200);
        try (CausalLm lm = CausalLm.load(bundle.llm(), Placement.REFERENCE);
                KvCache cache = lm.newCache(pages.count())) {
            int vocabulary = lm.config().vocabulary();
            List<Step.Tokens> last = new ArrayList<>();
            List<float[]> alone = new ArrayList<>();
            for (int i = 0; i < lengths.length; i++) {
                int[] ids = random.ints(lengths[i], 0, vocabulary).toArray();
                int end = ids.length - 1;
                try (PromptEmbedding prompt = lm.embed(List.of(new PromptPart.Tokens(ids)));
                        Logits all = lm.score(prompt)) {
                    alone.add(Arrays.copyOfRange(all.toArray(), end * vocabulary, ids.length * vocabulary));
                    lm.step(cache, new Step(List.of(new Step.Chunk(pages.of(i), prompt, 0, end)), List.of()))
                            .close();
                }
                last.add(new Step.Tokens(pages.of(i), end, ids[end]));
            }
            try (Logits together = lm.step(cache, new Step(List.of(), last))) {
                float[] rows = together.toArray();
                for (int i = 0; i < lengths.length; i++) {
                    TOLERANCE.check(Arrays.copyOfRange(rows, i * vocabulary, (i + 1) * vocabulary), alone.get(i));
                }
            }
        }
    }

    @TestFactory
    Stream<DynamicTest> aPromptInChunksIsTheSamePrompt() {
        return perModel(FamilyDecoderTest::checkChunks);
    }

    private static void checkChunks(ModelBundle bundle) {
        try (CausalLm lm = CausalLm.load(bundle.llm(), Placement.REFERENCE);
                PromptEmbedding prompt = lm.embed(pictureAmongText(lm));
                KvCache cache = lm.newCache(4)) {
            float[] whole = read(lm, cache, new int[] {0, 1}, prompt, prompt.length());
            for (int rows : new int[] {7, 20}) {
                TOLERANCE.check(read(lm, cache, new int[] {3, 2}, prompt, rows), whole);
            }
        }
    }

    private static float[] read(CausalLm lm, KvCache cache, int[] pages, PromptEmbedding prompt, int rows) {
        int from = 0;
        while (true) {
            int to = prompt.chunkEnd(from, Math.min(prompt.length(), from + rows));
            Step.Chunk chunk = new Step.Chunk(pages, prompt, from, to - from);
            try (Logits logits = lm.step(cache, new Step(List.of(chunk), List.of()))) {
                if (to == prompt.length()) {
                    return logits.toArray();
                }
            }
            from = to;
        }
    }

    /** 70 text tokens, a picture of 4 x 5 visual tokens, 12 more text tokens. */
    private static List<PromptPart> pictureAmongText(CausalLm lm) {
        Random random = new Random(2);
        int width = lm.config().width() * (1 + lm.config().style().sideInputs());
        HostTensor visual = HostTensor.allocate(DType.FLOAT32, 20, width);
        for (int i = 0; i < visual.elements(); i++) {
            visual.data().putFloat(i * Float.BYTES, (float) random.nextGaussian());
        }
        int vocabulary = lm.config().vocabulary();
        return List.of(
                new PromptPart.Tokens(random.ints(70, 0, vocabulary).toArray()),
                new PromptPart.Visual(visual, new Grid(4, 5)),
                new PromptPart.Tokens(random.ints(12, 0, vocabulary).toArray()));
    }

    @TestFactory
    Stream<DynamicTest> lowerPrecisionsPointTheSameWay() {
        return perModel(bundle -> {
            float[] reference = logits(bundle, Precision.FLOAT32);
            LEAST_COSINE.forEach((precision, least) -> assertThat(Cosine.of(logits(bundle, precision), reference))
                    .as(precision.label())
                    .isGreaterThan(least));
        });
    }

    private static float[] logits(ModelBundle bundle, Precision precision) {
        Placement placement = new Placement(ai.djl.Device.cpu(), precision, true);
        try (CausalLm lm = CausalLm.load(bundle.llm(), placement);
                PromptEmbedding prompt = lm.embed(pictureAmongText(lm));
                KvCache cache = lm.newCache(2)) {
            return read(lm, cache, new int[] {0, 1}, prompt, prompt.length());
        }
    }
}
