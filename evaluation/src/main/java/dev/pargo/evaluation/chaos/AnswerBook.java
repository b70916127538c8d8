package dev.pargo.evaluation.chaos;

import dev.pargo.evaluation.example.Example;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The questions, and the answers of each revision of the model. Thread-safe. */
final class AnswerBook {

    private final List<Example> questions;
    private final Map<String, List<String>> answers = new HashMap<>();
    private volatile Set<String> served = Set.of(Revision.FIRST);

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

    /** Records the answers of a revision, in the order of the questions. */
    synchronized void put(String revision, List<String> revisionAnswers) {
        answers.put(revision, List.copyOf(revisionAnswers));
    }

    synchronized boolean knows(String revision) {
        return answers.containsKey(revision);
    }

    /** The revisions that are served now. */
    Set<String> served() {
        return served;
    }

    /** Sets which revisions are served from now on. */
    void serve(String... revisions) {
        served = Set.of(revisions);
    }

    /** The answers of these revisions to a question. */
    synchronized List<String> answers(Example question, Set<String> revisions) {
        int index = questions.indexOf(question);
        List<String> accepted = new ArrayList<>();
        for (String revision : revisions) {
            accepted.add(Objects.requireNonNull(answers.get(revision)).get(index));
        }
        return accepted;
    }
}
