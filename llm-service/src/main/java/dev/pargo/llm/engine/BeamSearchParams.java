package dev.pargo.llm.engine;

/**
 * A beam search as Hugging Face's {@code generate} does it.
 *
 * @param beams           at least 1
 * @param lengthPenalty   hypotheses are compared by sum of log probabilities / length ^ lengthPenalty
 * @param earlyStopping   whether the search ends as soon as there are as many hypotheses as beams
 * @param newerLengthRule lengths as transformers counts them since 4.36; otherwise as 4.33 does
 */
public record BeamSearchParams(int beams, double lengthPenalty, boolean earlyStopping, boolean newerLengthRule) {}
