package dev.pargo.models.llm;

/**
 * Log probabilities of a sampled token and its alternatives, from the logits before temperature and penalties.
 *
 * @param chosen      log probability of the chosen token
 * @param topIds      the most probable tokens, best first
 * @param topLogprobs log probabilities of {@code topIds}
 */
public record SampleLogprobs(float chosen, int[] topIds, float[] topLogprobs) {}
