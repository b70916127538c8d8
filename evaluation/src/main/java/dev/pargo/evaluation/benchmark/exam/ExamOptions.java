package dev.pargo.evaluation.benchmark.exam;

import dev.pargo.evaluation.question.Match;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The options of a benchmark run.
 *
 * @param data        folder or file with the questions
 * @param instruction line that is added to every question; null for the benchmark's own, empty for none
 * @param match       how answers are compared if a question does not say
 * @param circular    whether multiple choice is asked once for every rotation of the options
 */
public record ExamOptions(Path data, @Nullable String instruction, Match match, boolean circular) {

    /** A question with its instruction. */
    public String instruct(String question, String ownInstruction) {
        String added = instruction == null ? ownInstruction : instruction;
        return added.isEmpty() ? question : question + "\n" + added;
    }
}
