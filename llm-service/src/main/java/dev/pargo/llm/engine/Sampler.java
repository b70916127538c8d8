package dev.pargo.llm.engine;

import dev.pargo.models.llm.LogitAdjustment;
import dev.pargo.models.llm.Logits;
import dev.pargo.models.llm.SampleLogprobs;
import dev.pargo.models.llm.SamplingParams;
import dev.pargo.models.llm.TokenMask;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Draws the tokens of a step for the whole batch at once, on the device. */
final class Sampler {

    private Sampler() {}

    /**
     * Tokens to draw for one sequence, from consecutive rows of the logits.
     *
     * @param firstRow    row of the next token; one more row follows for each draft
     * @param drafts      drafted tokens that the step verifies
     * @param greedy      whether each token is the most probable one; then the fields below, except topLogprobs, have
     *               no effect
     * @param adjustments of each row's logits
     * @param allowed     tokens that may come; null for all
     * @param uniforms    a random number in [0, 1) for each row
     * @param topLogprobs alternatives to report with each token; -1 to report nothing
     */
    record Draw(
            Sequence sequence,
            int firstRow,
            int[] drafts,
            boolean greedy,
            SamplingParams params,
            List<LogitAdjustment> adjustments,
            @Nullable TokenMask allowed,
            double[] uniforms,
            int topLogprobs) {

        /** Number of rows that tokens are drawn from. */
        int rows() {
            return drafts.length + 1;
        }
    }

    /**
     * The drawn tokens.
     *
     * @param ids      one for each row
     * @param logprobs one for each row, or none if they were not asked for
     */
    record Drawn(Draw draw, int[] ids, List<SampleLogprobs> logprobs) {}

    /** Draws tokens. The results are in the order of the draws. The logits are not changed. */
    static List<Drawn> run(Logits logits, List<Draw> draws) {
        if (draws.isEmpty()) {
            return List.of();
        }
        int[] rows = draws.stream()
                .flatMapToInt(draw -> IntStream.range(draw.firstRow(), draw.firstRow() + draw.rows()))
                .toArray();
        int[] ids = draws.stream().allMatch(Draw::greedy) ? best(logits, rows) : sample(logits, rows, draws);
        int top = draws.stream().mapToInt(Draw::topLogprobs).max().orElseThrow();
        List<SampleLogprobs> logprobs = top < 0 ? List.of() : logits.logprobs(rows, ids, Math.max(1, top));
        List<Drawn> drawn = new ArrayList<>();
        int begin = 0;
        for (Draw draw : draws) {
            int end = begin + draw.rows();
            drawn.add(new Drawn(draw, Arrays.copyOfRange(ids, begin, end), reported(draw, logprobs, begin, end)));
            begin = end;
        }
        return drawn;
    }

    private static int[] best(Logits logits, int[] rows) {
        int[] best = logits.argmax();
        return Arrays.stream(rows).map(row -> best[row]).toArray();
    }

    /** Samples from a copy, because penalties and constraints change logits in place. */
    private static int[] sample(Logits logits, int[] rows, List<Draw> draws) {
        SortedMap<Integer, List<LogitAdjustment>> adjustments = new TreeMap<>();
        SortedMap<Integer, TokenMask> allowed = new TreeMap<>();
        List<SamplingParams> params = new ArrayList<>();
        double[] uniforms = draws.stream()
                .flatMapToDouble(draw -> Arrays.stream(draw.uniforms()))
                .toArray();
        for (Draw draw : draws) {
            for (int i = 0; i < draw.rows(); i++) {
                int row = params.size();
                adjustments.put(row, draw.adjustments());
                if (draw.allowed() != null) {
                    allowed.put(row, draw.allowed());
                }
                params.add(draw.params());
            }
        }
        try (Logits copy = logits.select(rows)) {
            copy.adjust(adjustments);
            copy.allow(allowed);
            return copy.sample(params, uniforms);
        }
    }

    /** The device returns the same number of alternatives for every row: the largest number that a sequence needs. */
    private static List<SampleLogprobs> reported(Draw draw, List<SampleLogprobs> all, int begin, int end) {
        int top = draw.topLogprobs();
        if (top < 0) {
            return List.of();
        }
        return all.subList(begin, end).stream()
                .map(each -> new SampleLogprobs(
                        each.chosen(), Arrays.copyOf(each.topIds(), top), Arrays.copyOf(each.topLogprobs(), top)))
                .toList();
    }
}
