package dev.pargo.models.llm;

/**
 * Log probabilities of a sampled token and its alternatives, from the logits before temperature and penalties.
 *
 * @param chosen      of the token that was chosen
 * @param topIds      the most probable tokens, best first
 * @param topLogprobs theirs
 */
public record SampleLogprobs(float chosen, int[] topIds, float[] topLogprobs) {}
