package dev.pargo.models.llm;

/**
 * A change of one token's logit before the next token is sampled: a positive logit is divided by {@code repetition}, a
 * negative one is multiplied with it, then {@code bias} is added.
 *
 * @param id id of the token
 */
public record LogitAdjustment(int id, float repetition, float bias) {

    /** Makes the token impossible. */
    public static LogitAdjustment forbid(int id) {
        return new LogitAdjustment(id, 1, Float.NEGATIVE_INFINITY);
    }
}
