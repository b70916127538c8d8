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
public record Script(int status, int firstTokenMs, int perTokenMs, List<String> pieces) {

    public static Script answer(String... pieces) {
        return new Script(200, 0, 0, List.of(pieces));
    }

    public static Script refusal(int status) {
        return new Script(status, 0, 0, List.of());
    }

    public Script after(int millis) {
        return new Script(status, millis, perTokenMs, pieces);
    }

    public Script each(int millis) {
        return new Script(status, firstTokenMs, millis, pieces);
    }
}
