package dev.pargo.models.benchmark;

import dev.pargo.models.llm.CausalLm;
import dev.pargo.models.llm.KvCache;
import dev.pargo.models.llm.Logits;
import dev.pargo.models.llm.PromptEmbedding;
import dev.pargo.models.llm.PromptPart;
import dev.pargo.models.llm.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A decoder and a KV cache, whose slots get the same made-up prompt. */
final class DecoderTrial implements AutoCloseable {

    static final int PROMPT_TOKENS = 320;

    private final CausalLm lm;
    private final KvCache cache;
    private final int[] prompt = new int[PROMPT_TOKENS];

    /**
     * @param slots most sequences of a step
     * @param steps most tokens after the prompt
     */
    DecoderTrial(CausalLm lm, int slots, int steps) {
        this.lm = lm;
        this.cache = lm.newCache(slots, PROMPT_TOKENS + steps);
        Arrays.setAll(prompt, i -> i * 37 % lm.config().vocabulary());
    }

    /** Reads the prompt into a slot. */
    void prefill(int slot) {
        try (PromptEmbedding rows = lm.embed(List.of(new PromptPart.Tokens(prompt)));
                Logits logits =
                        lm.step(cache, new Step(List.of(new Step.Chunk(slot, rows, 0, prompt.length)), List.of()))) {
            logits.argmax();
        }
    }

    /** Writes one token to each of the first slots. */
    void decode(int slots, int position) {
        List<Step.Tokens> tokens = new ArrayList<>();
        for (int slot = 0; slot < slots; slot++) {
            tokens.add(new Step.Tokens(slot, position, 17 * slot + position));
        }
        try (Logits logits = lm.step(cache, new Step(List.of(), tokens))) {
            logits.argmax();
        }
    }

    @Override
    public void close() {
        cache.close();
    }
}
