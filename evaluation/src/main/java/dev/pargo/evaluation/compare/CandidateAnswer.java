package dev.pargo.evaluation.compare;

import dev.pargo.evaluation.client.TokenUsage;
import org.jspecify.annotations.Nullable;

/**
 * A model's answer to one question.
 *
 * @param answer       the text; the refusal, if there is no answer
 * @param isAnswered   whether the model answered
 * @param isRight      null if the right answer is not known
 * @param firstTokenMs time to the first token; 0 if the endpoint does not report it
 * @param totalMs      time of the whole request, as the endpoint reports it, or else as measured here
 */
record CandidateAnswer(
        String answer,
        boolean isAnswered,
        @Nullable Boolean isRight,
        TokenUsage usage,
        double firstTokenMs,
        double totalMs) {

    /** {@code right}, {@code wrong}, or empty if not known. */
    String verdict() {
        return isRight == null ? "" : isRight ? "right" : "wrong";
    }
}
