package dev.pargo.evaluation.chaos;

import dev.pargo.evaluation.example.Example;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The questions, and the answers of each revision of the model. Thread-safe. */
final class AnswerBook {

    /** The least share of questions that two revisions must answer differently, so that a mix-up is noticed. */
    private static final double LEAST_DIFFERENCE = 0.2;

    private final List<Example> questions;
    private final Map<Revision, List<String>> answers = new EnumMap<>(Revision.class);
    private volatile Set<Revision> served = Set.of(Revision.FIRST);

    /**
     * @param questions the examples, with the answers of {@link Revision#FIRST}
     */
    AnswerBook(List<Example> questions) {
        this.questions = List.copyOf(questions);
        put(Revision.FIRST, questions.stream().map(Example::answer).toList());
    }

    List<Example> questions() {
        return questions;
    }

    /**
     * Records the answers of a revision, in the order of the questions.
     *
     * @throws IllegalStateException if they hardly differ from another revision's: the check could not fail
     */
    synchronized void put(Revision revision, List<String> revisionAnswers) {
        answers.forEach((other, known) -> {
            int different = 0;
            for (int i = 0; i < known.size(); i++) {
                different += known.get(i).equals(revisionAnswers.get(i)) ? 0 : 1;
            }
            if (different < LEAST_DIFFERENCE * known.size()) {
                throw new IllegalStateException(
                        "%s and %s differ in %d of %d answers".formatted(revision, other, different, known.size()));
            }
        });
        answers.put(revision, List.copyOf(revisionAnswers));
    }

    synchronized boolean knows(Revision revision) {
        return answers.containsKey(revision);
    }

    /** The revisions that are served now. */
    Set<Revision> served() {
        return served;
    }

    /** Sets which revisions are served from now on. */
    void serve(Revision first, Revision... others) {
        served = Set.copyOf(EnumSet.of(first, others));
    }

    /** The answers of these revisions to a question. */
    synchronized List<String> answers(Example question, Set<Revision> revisions) {
        int index = questions.indexOf(question);
        List<String> accepted = new ArrayList<>();
        for (Revision revision : revisions) {
            accepted.add(Objects.requireNonNull(answers.get(revision)).get(index));
        }
        return accepted;
    }
}
