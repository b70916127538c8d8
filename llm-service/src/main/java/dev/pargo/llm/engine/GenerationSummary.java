package dev.pargo.llm.engine;

/**
 * The tokens and times of a finished request. Times are in nanoseconds.
 *
 * @param tokens       tokens of all answers, end tokens included
 * @param cachedTokens tokens of the prompt that were found in the KV cache
 * @param draftTokens  tokens that were drafted by prompt lookup and accepted
 * @param queue        from submission to admission
 * @param prefill      from admission to the first token
 * @param decode       from the first token to the last
 * @param network      forward passes that the request took part in
 */
public record GenerationSummary(
        int tokens, int cachedTokens, int draftTokens, long queue, long prefill, long decode, long network) {}
