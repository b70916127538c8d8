package dev.pargo.models.benchmark;

import dev.pargo.models.llm.CausalLm;
import dev.pargo.models.llm.EvenPages;
import dev.pargo.models.llm.KvCache;
import dev.pargo.models.llm.Logits;
import dev.pargo.models.llm.PromptEmbedding;
import dev.pargo.models.llm.PromptPart;
import dev.pargo.models.llm.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A decoder and a KV cache for some sequences of the same made-up prompt. */
final class DecoderTrial implements AutoCloseable {

    static final int PROMPT_TOKENS = 320;

    private final CausalLm lm;
    private final EvenPages pages;
    private final KvCache cache;
    private final int[] prompt = new int[PROMPT_TOKENS];

    /**
     * @param sequences most sequences of a step
     * @param steps     most tokens after the prompt
     */
    DecoderTrial(CausalLm lm, int sequences, int steps) {
        this.lm = lm;
        this.pages = new EvenPages(sequences, PROMPT_TOKENS + steps);
        this.cache = lm.newCache(pages.count());
        Arrays.setAll(prompt, i -> i * 37 % lm.config().vocabulary());
    }

    /** Reads the prompt of a sequence. */
    void prefill(int sequence) {
        try (PromptEmbedding rows = lm.embed(List.of(new PromptPart.Tokens(prompt)));
                Logits logits = lm.step(cache, new Step(List.of(chunk(sequence, rows)), List.of()))) {
            logits.argmax();
        }
    }

    private Step.Chunk chunk(int sequence, PromptEmbedding rows) {
        return new Step.Chunk(pages.of(sequence), rows, 0, prompt.length);
    }

    /** Writes one token of each of the first sequences. */
    void decode(int sequences, int position) {
        List<Step.Tokens> tokens = new ArrayList<>();
        for (int i = 0; i < sequences; i++) {
            tokens.add(new Step.Tokens(pages.of(i), position, 17 * i + position));
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
