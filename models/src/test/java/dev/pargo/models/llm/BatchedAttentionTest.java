package dev.pargo.models.llm;

import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.family.FamilyCase;
import dev.pargo.models.fixture.Tolerance;
import dev.pargo.models.torch.Placement;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The attention of a GPU's decode rows, run on a CPU: it equals the attention that a CPU uses, in every family. */
class BatchedAttentionTest {

    private static final Tolerance TOLERANCE = new Tolerance(2e-4, 2e-4);

    /** Lengths around the cache's blocks of 64 tokens, beyond Gemma's window, and of one token. */
    private static final int[] LENGTHS = {129, 2, 1, 64, 200, 66, 65};

    @TestFactory
    Stream<DynamicTest> decodeRowsAttendAsWithSumsOverTables() {
        return FamilyCase.models().stream()
                .map(folder -> DynamicTest.dynamicTest(folder.getFileName().toString(), () -> check(folder)));
    }

    private static void check(Path folder) {
        ModelBundle bundle = ModelBundle.read(folder.resolve("model"));
        TOLERANCE.check(logits(bundle, true), logits(bundle, false));
    }

    /** Logits of one step with a prompt's chunk, and with one or two tokens after each of the other sequences' prompts. */
    private static float[] logits(ModelBundle bundle, boolean batchesAttention) {
        Random random = new Random(1);
        EvenPages pages = new EvenPages(LENGTHS.length + 1, 256);
        try (CausalLm lm = CausalLm.load(bundle.llm(), Placement.REFERENCE, batchesAttention);
                KvCache cache = lm.newCache(pages.count());
                PromptEmbedding chunk = prompt(lm, random, 70)) {
            List<Step.Tokens> tokens = new ArrayList<>();
            for (int i = 0; i < LENGTHS.length; i++) {
                try (PromptEmbedding prompt = prompt(lm, random, LENGTHS[i])) {
                    lm.step(cache, new Step(List.of(new Step.Chunk(pages.of(i), prompt, 0, LENGTHS[i])), List.of()))
                            .close();
                }
                tokens.add(new Step.Tokens(pages.of(i), LENGTHS[i], ids(lm, random, 1 + i % 2)));
            }
            Step step = new Step(List.of(new Step.Chunk(pages.of(LENGTHS.length), chunk, 0, chunk.length())), tokens);
            try (Logits logits = lm.step(cache, step)) {
                return logits.toArray();
            }
        }
    }

    private static PromptEmbedding prompt(CausalLm lm, Random random, int length) {
        return lm.embed(List.of(new PromptPart.Tokens(ids(lm, random, length))));
    }

    private static int[] ids(CausalLm lm, Random random, int count) {
        return random.ints(count, 0, lm.config().vocabulary()).toArray();
    }
}
