package dev.pargo.evaluation.endpoint;

import java.util.List;

/**
 * How an endpoint answers one request.
 *
 * @param status       HTTP status; other than 200 for a refusal
 * @param firstTokenMs time to the first piece
 * @param perTokenMs   time between two pieces
 * @param pieces       the answer
 */
public record AnswerScript(int status, int firstTokenMs, int perTokenMs, List<String> pieces) {

    public static AnswerScript answer(String... pieces) {
        return new AnswerScript(200, 0, 0, List.of(pieces));
    }

    public static AnswerScript refusal(int status) {
        return new AnswerScript(status, 0, 0, List.of());
    }

    public AnswerScript after(int millis) {
        return new AnswerScript(status, millis, perTokenMs, pieces);
    }

    public AnswerScript each(int millis) {
        return new AnswerScript(status, firstTokenMs, millis, pieces);
    }
}
