package dev.pargo.models.llm;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.family.FamilyCase;
import dev.pargo.models.fixture.Tolerance;
import dev.pargo.models.torch.Placement;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Sequences share whole pages, wherever these lie, and a copied page is as good as its original. */
class PagedCacheTest {

    private static final Tolerance TOLERANCE = new Tolerance(2e-4, 2e-4);

    private static final int SHARED = KvCache.PAGE_TOKENS;
    private static final int LENGTH = SHARED + 20;

    private static Stream<DynamicTest> perModel(boolean batchesAttention, Consumer<CausalLm> check) {
        return FamilyCase.models().stream()
                .map(folder -> DynamicTest.dynamicTest(folder.getFileName().toString(), () -> {
                    try (CausalLm lm = load(folder, batchesAttention)) {
                        check.accept(lm);
                    }
                }));
    }

    private static CausalLm load(Path folder, boolean batchesAttention) {
        return CausalLm.load(ModelBundle.read(folder.resolve("model")).llm(), Placement.REFERENCE, batchesAttention);
    }

    @TestFactory
    Stream<DynamicTest> aSharedPageAndACopiedPageGiveTheSameLogits() {
        return Stream.of(false, true).flatMap(batched -> perModel(batched, PagedCacheTest::checkShared));
    }

    /** One sequence in pages 3 and 1; another one shares page 3 and has a copy of page 1; both continue differently. */
    private static void checkShared(CausalLm lm) {
        int[] ids = new Random(5).ints(LENGTH, 0, lm.config().vocabulary()).toArray();
        try (KvCache cache = lm.newCache(5);
                PromptEmbedding prompt = lm.embed(List.of(new PromptPart.Tokens(ids)))) {
            int[] own = {3, 1};
            int[] other = {3, 0};
            lm.step(cache, new Step(List.of(new Step.Chunk(own, prompt, 0, LENGTH)), List.of()))
                    .close();
            cache.copy(Map.of(0, 1));
            Step.Tokens first = new Step.Tokens(own, LENGTH, new int[] {3, 4, 5});
            Step.Tokens second = new Step.Tokens(other, LENGTH, new int[] {6, 7, 8});
            float[] alone = logits(lm, cache, first);
            float[] otherAlone = logits(lm, cache, second);
            float[] together = logits(lm, cache, first, second);
            TOLERANCE.check(Arrays.copyOf(together, alone.length), alone);
            TOLERANCE.check(Arrays.copyOfRange(together, alone.length, together.length), otherAlone);
            try (Logits all = lm.score(prompt)) {
                int width = lm.config().vocabulary();
                float[] last = Arrays.copyOfRange(all.toArray(), (LENGTH - 1) * width, LENGTH * width);
                Step.Tokens again = new Step.Tokens(other, LENGTH - 1, ids[LENGTH - 1]);
                TOLERANCE.check(logits(lm, cache, again), last);
            }
        }
    }

    private static float[] logits(CausalLm lm, KvCache cache, Step.Tokens... tokens) {
        try (Logits logits = lm.step(cache, new Step(List.of(), List.of(tokens)))) {
            return logits.toArray();
        }
    }

    @TestFactory
    Stream<DynamicTest> aStepBeyondItsPagesIsRefused() {
        return perModel(false, lm -> {
            try (KvCache cache = lm.newCache(2)) {
                Step.Tokens tokens = new Step.Tokens(new int[] {0}, SHARED, 1);
                assertThatThrownBy(() -> lm.step(cache, new Step(List.of(), List.of(tokens))))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("needs 2 pages");
            }
        });
    }
}
