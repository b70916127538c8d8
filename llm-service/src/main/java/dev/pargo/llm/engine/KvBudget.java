package dev.pargo.llm.engine;

import dev.pargo.models.llm.KvCache;

/**
 * Divides the KV cache's memory into slots of one context each: one for every running sequence, and more to keep
 * earlier prompts as far as the memory suffices.
 *
 * @param sequences     sequences that run at once
 * @param slots         at least the sequences
 * @param tokensPerSlot largest number of tokens of prompt and answer together
 */
record KvBudget(int sequences, int slots, int tokensPerSlot) {

    /** Tokens of a slot for a picture (576 in LLaVA-1.5) with its question and answer. */
    private static final int LEAST_TOKENS = 1024;

    private static final int MOST_SEQUENCES = 8;

    /**
     * Largest number of earlier prompts for each running sequence. For small models the memory would be enough for
     * thousands.
     */
    private static final int MAX_KEPT_PROMPTS = 3;

    /**
     * If the context is not configured, it is as long as the memory allows, but long enough for a picture. If the
     * number of sequences is not configured, it is the number for which such contexts fit.
     *
     * @param modelContext most tokens that the model can attend to
     * @throws KvBudgetException naming the configured and the needed memory
     */
    static KvBudget of(EngineProperties properties, long bytesPerToken, int modelContext) {
        Integer wanted = properties.context();
        if (wanted != null && (wanted < 2 || wanted > modelContext)) {
            throw new KvBudgetException("pargo.llm.context is %d, but must be between 2 and the model's %d"
                    .formatted(wanted, modelContext));
        }
        int most = wanted == null ? modelContext : wanted;
        int least = wanted == null ? Math.min(modelContext, LEAST_TOKENS) : wanted;
        long blocks = properties.kvCache().toBytes() / (bytesPerToken * KvCache.BLOCK_TOKENS);
        int sequences = sequences(properties, blocks / blocks(least));
        long blocksPerSlot = Math.min(blocks(most), blocks / sequences);
        if (blocksPerSlot < blocks(least)) {
            throw new KvBudgetException("pargo.llm.kv-cache of %d MB is too small: %d x %d tokens need %d MB"
                    .formatted(
                            properties.kvCache().toMegabytes(),
                            sequences,
                            least,
                            sequences * blocks(least) * KvCache.BLOCK_TOKENS * bytesPerToken / (1 << 20) + 1));
        }
        long slots = Math.min(blocks / blocksPerSlot, (long) sequences * (1 + MAX_KEPT_PROMPTS));
        return new KvBudget(sequences, (int) slots, (int) Math.min(most, blocksPerSlot * KvCache.BLOCK_TOKENS));
    }

    private static int sequences(EngineProperties properties, long fitting) {
        Integer wanted = properties.sequences();
        if (wanted == null) {
            return (int) Math.max(1, Math.min(fitting, MOST_SEQUENCES));
        }
        if (wanted < 1) {
            throw new KvBudgetException("pargo.llm.sequences is %d, but must be at least 1".formatted(wanted));
        }
        return wanted;
    }

    /** Number of blocks for a number of tokens. */
    private static long blocks(int tokens) {
        return (tokens + KvCache.BLOCK_TOKENS - 1) / KvCache.BLOCK_TOKENS;
    }
}
