package dev.pargo.models.benchmark;

import dev.pargo.models.llm.CausalLm;
import dev.pargo.models.llm.KvCache;
import dev.pargo.models.llm.Logits;
import dev.pargo.models.llm.PromptEmbedding;
import dev.pargo.models.llm.PromptPart;
import dev.pargo.models.llm.Step;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Compares the time of a decode step with its lower bound. Decoding a token reads every weight once. So a step takes at least the
 * bytes of the weights and of its sequences' KV cache, divided by the memory bandwidth. The bandwidth is measured in the same run
 * by summing a large array on the same device, with the same number of threads.
 */
public final class DecodeStepBenchmark {

    private static final int PROMPT_TOKENS = 320;
    private static final int STEPS = 48;
    private static final int[] BATCHES = {1, 2, 4, 8};

    private final CausalLm lm;
    private final PrintWriter out;

    public DecodeStepBenchmark(CausalLm lm, PrintWriter out) {
        this.lm = lm;
        this.out = out;
    }

    public void run() {
        double bandwidth = Floors.bandwidth(lm.placement());
        long weightBytes = lm.weightBytesPerStep();
        out.printf("memory bandwidth %.1f GB/s, weights %.1f MB%n", bandwidth, weightBytes / 1e6);
        out.printf("%-10s %10s %12s %12s %10s%n", "step", "ms", "tokens/s", "floor ms", "of floor");
        try (KvCache cache = lm.newCache(BATCHES[BATCHES.length - 1], PROMPT_TOKENS + BATCHES.length * STEPS)) {
            int[] ids = new int[PROMPT_TOKENS];
            Arrays.setAll(ids, i -> i * 37 % lm.config().vocabulary());
            List<Double> prefills = new ArrayList<>();
            for (int slot = 0; slot < cache.slots(); slot++) {
                int target = slot;
                prefills.add(Timing.once(() -> prefill(cache, target, ids)));
            }
            out.printf(
                    "%-10s %10.2f %12.1f%n",
                    "prefill " + PROMPT_TOKENS, Timing.median(prefills), 1e3 * PROMPT_TOKENS / Timing.median(prefills));
            int position = PROMPT_TOKENS;
            for (int batch : BATCHES) {
                List<Double> steps = new ArrayList<>();
                for (int i = 0; i < STEPS; i++) {
                    int at = position++;
                    steps.add(Timing.once(() -> decode(cache, batch, at)));
                }
                long bytes = weightBytes + batch * position * lm.kvBytesPerToken();
                double floor = bytes / bandwidth / 1e6;
                double ms = Timing.median(steps);
                out.printf(
                        "%-10s %10.2f %12.1f %12.2f %9.0f%%%n",
                        "batch " + batch, ms, 1e3 * batch / ms, floor, 100 * floor / ms);
            }
        }
        out.flush();
    }

    private void prefill(KvCache cache, int slot, int[] ids) {
        try (PromptEmbedding prompt = lm.embed(List.of(new PromptPart.Tokens(ids)));
                Logits logits =
                        lm.step(cache, new Step(List.of(new Step.Chunk(slot, prompt, 0, ids.length)), List.of()))) {
            logits.argmax();
        }
    }

    private void decode(KvCache cache, int batch, int position) {
        List<Step.Tokens> tokens = new ArrayList<>();
        for (int slot = 0; slot < batch; slot++) {
            tokens.add(new Step.Tokens(slot, position, 17 * slot + position));
        }
        try (Logits logits = lm.step(cache, new Step(List.of(), tokens))) {
            logits.argmax();
        }
    }
}
