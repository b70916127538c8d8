package dev.pargo.evaluation.benchmark.exam;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A benchmark whose files have been read. */
public interface Exam {

    /** All questions, in the order of the files. */
    List<ExamQuestion> questions();

    /**
     * Scores answers.
     *
     * @param answers answers by the ids of their questions; a missing answer counts as wrong
     * @param out     folder for result files that the benchmark's own tools read
     */
    Grades grade(Map<String, String> answers, Path out) throws IOException;
}
