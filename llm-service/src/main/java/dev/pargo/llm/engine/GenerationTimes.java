package dev.pargo.llm.engine;

/**
 * Where a generation spent its time, in nanoseconds.
 *
 * @param queue   until it got a slot
 * @param prefill from there to its first token
 * @param decode  from its first token to its last
 * @param network forward passes that it took part in
 */
public record GenerationTimes(long queue, long prefill, long decode, long network) {}
