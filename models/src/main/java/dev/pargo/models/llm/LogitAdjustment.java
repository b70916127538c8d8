package dev.pargo.models.llm;

/**
 * A change of one logit before a token is chosen: a positive one is divided by {@code repetition}, a negative one
 * multiplied with it, then {@code bias} is added.
 *
 * @param row of the logits
 * @param id  token
 */
public record LogitAdjustment(int row, int id, float repetition, float bias) {}
