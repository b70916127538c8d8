package dev.pargo.llm.engine;

import dev.pargo.models.llm.LogitAdjustment;
import dev.pargo.models.llm.Logits;
import dev.pargo.models.llm.SampleLogprobs;
import dev.pargo.models.llm.SamplingParams;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** All tokens that are drawn after one step, so that the device does it for the whole batch at once. */
final class Sampler {

    private final List<Sequence> answers = new ArrayList<>();
    private final List<Integer> rows = new ArrayList<>();

    /** An answer whose next tokens are drawn from consecutive rows: as many as it has tokens in the step. */
    void add(Sequence answer, int firstRow) {
        answers.add(answer);
        for (int i = 0; i < answer.rows(); i++) {
            rows.add(firstRow + i);
        }
    }

    /** Sampler, and hands every answer its tokens. */
    void run(Logits logits) {
        if (answers.isEmpty()) {
            return;
        }
        int[] wanted = rows.stream().mapToInt(Integer::intValue).toArray();
        int[] ids;
        if (answers.stream().allMatch(Sequence::isPlain)) {
            int[] best = logits.argmax();
            ids = Arrays.stream(wanted).map(row -> best[row]).toArray();
        } else {
            ids = draw(logits, wanted);
        }
        int top = answers.stream().mapToInt(Sequence::topLogprobs).max().orElseThrow();
        deliver(ids, top < 0 ? List.of() : logits.logprobs(wanted, ids, Math.max(1, top)));
    }

    /** Sampler from a copy, for penalties and constraints change the logits. */
    private int[] draw(Logits logits, int[] wanted) {
        List<LogitAdjustment> adjustments = new ArrayList<>();
        SortedMap<Integer, BitSet> allowed = new TreeMap<>();
        List<SamplingParams> sampling = new ArrayList<>();
        double[] uniforms = new double[wanted.length];
        int row = 0;
        for (Sequence answer : answers) {
            adjustments.addAll(answer.adjustments(row));
            BitSet constrained = answer.allowed();
            if (constrained != null) {
                allowed.put(row, constrained);
            }
            for (int i = 0; i < answer.rows(); i++) {
                sampling.add(answer.sampling());
                uniforms[row++] = answer.nextUniform();
            }
        }
        try (Logits own = logits.select(wanted)) {
            own.adjust(adjustments);
            own.allow(allowed);
            return own.sample(sampling, uniforms);
        }
    }

    private void deliver(int[] ids, List<SampleLogprobs> logprobs) {
        int row = 0;
        for (Sequence answer : answers) {
            int end = row + answer.rows();
            try {
                answer.accept(Arrays.copyOfRange(ids, row, end), reported(answer, logprobs, row, end));
            } catch (RuntimeException e) {
                answer.broke(e);
            }
            row = end;
        }
    }

    /** The device gives everybody as many alternatives as the one who wants most. */
    private static List<SampleLogprobs> reported(Sequence answer, List<SampleLogprobs> all, int begin, int end) {
        int top = answer.topLogprobs();
        if (top < 0) {
            return List.of();
        }
        return all.subList(begin, end).stream()
                .map(each -> new SampleLogprobs(
                        each.chosen(), Arrays.copyOf(each.topIds(), top), Arrays.copyOf(each.topLogprobs(), top)))
                .toList();
    }
}
