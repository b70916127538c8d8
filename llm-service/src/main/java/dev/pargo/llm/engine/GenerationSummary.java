package dev.pargo.llm.engine;

/**
 * What a generation came to. Times are in nanoseconds.
 *
 * @param tokens       all tokens of all answers, those that ended them among them
 * @param cachedTokens tokens of the prompt that were found in the KV cache
 * @param draftTokens  tokens that were guessed and found right
 * @param queue        until it got its slots
 * @param prefill      from there to its first token
 * @param decode       from its first token to its last
 * @param network      forward passes that it took part in
 */
public record GenerationSummary(
        int tokens, int cachedTokens, int draftTokens, long queue, long prefill, long decode, long network) {}
