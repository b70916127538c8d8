package dev.pargo.evaluation.benchmark.exam;

import dev.pargo.evaluation.question.Match;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a benchmark is set.
 *
 * @param data        folder or file with the questions
 * @param instruction what is added to every question in a line of its own; null for the benchmark's own, empty for none
 * @param match       how answers are compared, where a question does not say
 * @param circular    whether multiple choice is asked once for every rotation of the options
 */
public record ExamOptions(Path data, @Nullable String instruction, Match match, boolean circular) {

    /** A question with its instruction. */
    public String instruct(String question, String ownInstruction) {
        String added = instruction == null ? ownInstruction : instruction;
        return added.isEmpty() ? question : question + "\n" + added;
    }
}
