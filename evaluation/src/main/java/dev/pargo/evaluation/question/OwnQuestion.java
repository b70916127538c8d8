package dev.pargo.evaluation.question;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One question of a file.
 *
 * @param id       its own, or the number of its line
 * @param image    picture file, or null
 * @param expected right answers; empty if none is known
 * @param match    how an answer is compared, or null for the run's default
 * @param category for scores by category
 */
public record OwnQuestion(
        String id,
        @Nullable Path image,
        String text,
        List<String> expected,
        @Nullable Match match,
        String category) {

    /** Whether an answer is right. */
    public boolean isRight(String answer, Match otherwise) {
        return (match == null ? otherwise : match).isRight(answer, expected);
    }
}
