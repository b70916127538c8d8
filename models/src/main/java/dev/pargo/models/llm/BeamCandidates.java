package dev.pargo.models.llm;

/**
 * The best continuations of all beams of a search, best first.
 *
 * @param scores sums of log probabilities
 * @param beams  index of the beam that each continues
 * @param ids    id of the token that each appends
 */
public record BeamCandidates(float[] scores, int[] beams, int[] ids) {}
