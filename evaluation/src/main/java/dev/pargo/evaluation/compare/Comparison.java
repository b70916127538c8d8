package dev.pargo.evaluation.compare;

import dev.pargo.evaluation.question.OwnQuestion;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * All answers.
 *
 * @param rows the questions in their order
 */
record Comparison(List<Candidate> candidates, List<Row> rows) {

    /**
     * One question.
     *
     * @param replies in the order of the candidates
     */
    record Row(OwnQuestion question, List<CandidateAnswer> replies) {}

    /** Right answers of a candidate. */
    long right(int candidate) {
        return rows.stream()
                .filter(row -> Boolean.TRUE.equals(row.replies().get(candidate).isRight()))
                .count();
    }

    /** Questions whose right answer is known. */
    long known() {
        return rows.stream().filter(row -> !row.question().expected().isEmpty()).count();
    }

    /** Share of a candidate's answers that are identical to the first candidate's. */
    double agreement(int candidate) {
        return rows.stream()
                .mapToInt(row -> row.replies()
                                .get(candidate)
                                .answer()
                                .equals(row.replies().get(0).answer())
                        ? 1
                        : 0)
                .average()
                .orElse(0);
    }

    /** Mean of a figure over a candidate's answers. */
    double mean(int candidate, ToDoubleFunction<CandidateAnswer> figure) {
        return rows.stream()
                .map(row -> row.replies().get(candidate))
                .filter(CandidateAnswer::isAnswered)
                .mapToDouble(figure)
                .average()
                .orElse(0);
    }

    /** A caution about models with random weights; empty if there are none. */
    String caution() {
        String random = candidates.stream()
                .filter(candidate -> !candidate.randomStages().isEmpty())
                .map(candidate -> "%s (%s)".formatted(candidate.name(), String.join(", ", candidate.randomStages())))
                .collect(Collectors.joining(", "));
        return random.isEmpty()
                ? ""
                : "Random weights: %s. Their visual tokens and times mean something, their answers do not."
                        .formatted(random);
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}
