package dev.pargo.llm.engine;

import dev.pargo.models.llm.BeamCandidates;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Beam search with the semantics of Hugging Face's {@code generate} (BeamSearchScorer, transformers 4.33).
 *
 * <p>The {@code 2 * beams} best continuations are looked at in order (more with several end tokens, as later versions
 * do). A continuation that ends the answer becomes a hypothesis if it is among the best {@code beams}, and is dropped
 * otherwise; the others fill the next beams. A hypothesis scores {@code sum of log probabilities / length ^
 * lengthPenalty}, and the best {@code beams} of them are kept. The search ends when there are {@code beams} and the
 * worst is at least as good as the best open continuation could be.
 *
 * <p>Length: 4.33 starts from a dummy token that it counts, so a hypothesis of n tokens, without an end token, has
 * length n + 1. Since 4.36 the length is n for a hypothesis that is cut at the limit, and for the test for the end.
 */
final class BeamScorer {

    /** An open beam: its tokens and the sum of their log probabilities. */
    record Beam(List<Integer> ids, double score) {}

    /** A finished answer, including its end token. */
    record Hypothesis(List<Integer> ids, double score, boolean cut) {}

    private final BeamSearchParams options;
    private final List<Integer> endIds;
    private final List<Hypothesis> hypotheses = new ArrayList<>();
    private List<Beam> beams = List.of(new Beam(List.of(), 0));
    private int[] parents = {0};
    private boolean done;

    /**
     * @param endIds tokens that end an answer; as in generate, every finished answer is written with the first of them
     */
    BeamScorer(BeamSearchParams options, List<Integer> endIds) {
        this.options = options;
        this.endIds = endIds.stream().distinct().toList();
    }

    /** Sums of log probabilities of the open beams. */
    double[] scores() {
        return beams.stream().mapToDouble(Beam::score).toArray();
    }

    /**
     * Continuations to consider: enough for all beams to continue even if every end token is among the best of each.
     */
    int candidates() {
        return Math.max(2, 1 + endIds.size()) * options.beams();
    }

    List<Beam> beams() {
        return beams;
    }

    /** For each open beam: the beam of the previous step that it continues. */
    int[] parents() {
        return parents;
    }

    boolean isDone() {
        return done;
    }

    /** Applies the best continuations of a step. */
    void advance(BeamCandidates candidates) {
        List<Beam> next = new ArrayList<>();
        List<Integer> from = new ArrayList<>();
        for (int rank = 0; rank < candidates.ids().length && next.size() < options.beams(); rank++) {
            Beam parent = beams.get(candidates.beams()[rank]);
            int id = candidates.ids()[rank];
            boolean ends = endIds.contains(id);
            List<Integer> ids = new ArrayList<>(parent.ids());
            ids.add(ends ? endIds.get(0) : id);
            if (!ends) {
                next.add(new Beam(ids, candidates.scores()[rank]));
                from.add(candidates.beams()[rank]);
            } else if (rank < options.beams()) {
                keep(new Hypothesis(ids, penalized(candidates.scores()[rank], ids.size()), false));
            }
        }
        int written = beams.get(0).ids().size() + 1;
        beams = next;
        parents = from.stream().mapToInt(Integer::intValue).toArray();
        boolean full = hypotheses.size() == options.beams()
                && (options.earlyStopping()
                        || worst().score() >= attainable(candidates.scores()[0], written));
        done = full || beams.isEmpty();
    }

    /** The best hypothesis, when the search has ended or is cut at the limit. */
    Hypothesis best() {
        if (!done) {
            for (Beam beam : beams) {
                int length = beam.ids().size() + (options.newerLengthRule() ? 0 : 1);
                keep(new Hypothesis(beam.ids(), penalized(beam.score(), length), true));
            }
        }
        return hypotheses.stream()
                .max(Comparator.comparingDouble(Hypothesis::score))
                .orElseThrow();
    }

    private double attainable(double bestSum, int written) {
        return penalized(bestSum, written + (options.newerLengthRule() ? 0 : 1));
    }

    private double penalized(double sum, int length) {
        return sum / Math.pow(length, options.lengthPenalty());
    }

    private void keep(Hypothesis hypothesis) {
        hypotheses.add(hypothesis);
        if (hypotheses.size() > options.beams()) {
            hypotheses.remove(worst());
        }
    }

    private Hypothesis worst() {
        return hypotheses.stream()
                .min(Comparator.comparingDouble(Hypothesis::score))
                .orElseThrow();
    }
}
