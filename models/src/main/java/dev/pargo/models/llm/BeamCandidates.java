package dev.pargo.models.llm;

/**
 * The best continuations of all beams of a search, best first.
 *
 * @param scores sums of log probabilities
 * @param beams  which beam each continues
 * @param ids    with which token
 */
public record BeamCandidates(float[] scores, int[] beams, int[] ids) {}
