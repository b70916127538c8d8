package dev.pargo.llm.engine;

/**
 * Cuts the KV cache's memory into slots of one context each: one for every running sequence, and more to remember earlier
 * prompts in as far as the memory goes.
 *
 * @param slots         at least the running sequences
 * @param tokensPerSlot most tokens of prompt and answer together
 */
record KvBudget(int slots, int tokensPerSlot) {

    /** A slot that cannot hold a picture and a question is of no use. */
    private static final int LEAST_TOKENS = 128;

    /** Most prompts that are remembered for each running sequence: with small models memory would hold thousands. */
    private static final int MOST_REMEMBERED = 3;

    /**
     * Where the context was not configured it shrinks to what the memory holds.
     *
     * @param modelContext most tokens that the model can attend to
     * @throws KvBudgetException naming what is configured and what is needed
     */
    static KvBudget of(EngineProperties properties, long bytesPerToken, int modelContext) {
        int sequences = properties.sequences();
        if (sequences < 1) {
            throw new KvBudgetException("pargo.llm.sequences is %d, but must be at least 1".formatted(sequences));
        }
        Integer wanted = properties.context();
        if (wanted != null && (wanted < 2 || wanted > modelContext)) {
            throw new KvBudgetException("pargo.llm.context is %d, but must be between 2 and the model's %d"
                    .formatted(wanted, modelContext));
        }
        long tokens = properties.kvCache().toBytes() / bytesPerToken;
        long perSequence = Math.min(wanted == null ? modelContext : wanted, tokens / sequences);
        int least = wanted == null ? Math.min(modelContext, LEAST_TOKENS) : wanted;
        if (perSequence < least) {
            throw new KvBudgetException("pargo.llm.kv-cache of %d MB is too small: %d sequences of %d tokens need %d MB"
                    .formatted(
                            properties.kvCache().toMegabytes(),
                            sequences,
                            least,
                            sequences * least * bytesPerToken / (1 << 20) + 1));
        }
        return new KvBudget((int) Math.min(tokens / perSequence, sequences * (1 + MOST_REMEMBERED)), (int) perSequence);
    }
}
