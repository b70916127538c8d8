package dev.pargo.models.benchmark;

import dev.pargo.models.llm.CausalLm;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares the time of a decode step with its lower bound. Decoding a token reads every weight once. So a step takes at least the
 * bytes of the weights and of its sequences' KV cache, divided by the memory bandwidth. The bandwidth is measured in the same run
 * by summing a large array on the same device, with the same number of threads.
 */
public final class DecodeStepBenchmark {

    private static final int PROMPT_TOKENS = DecoderTrial.PROMPT_TOKENS;
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
        int most = BATCHES[BATCHES.length - 1];
        try (DecoderTrial trial = new DecoderTrial(lm, most, BATCHES.length * STEPS)) {
            List<Double> prefills = new ArrayList<>();
            for (int i = 0; i < most; i++) {
                int target = i;
                prefills.add(Timing.once(() -> trial.prefill(target)));
            }
            out.printf(
                    "%-10s %10.2f %12.1f%n",
                    "prefill " + PROMPT_TOKENS, Timing.median(prefills), 1e3 * PROMPT_TOKENS / Timing.median(prefills));
            int position = PROMPT_TOKENS;
            for (int batch : BATCHES) {
                List<Double> steps = new ArrayList<>();
                for (int i = 0; i < STEPS; i++) {
                    int at = position++;
                    steps.add(Timing.once(() -> trial.decode(batch, at)));
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
}
