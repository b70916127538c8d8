package dev.pargo.llm.engine;

/**
 * Cuts the KV cache's memory into slots of one context each: one for every running sequence, and more to remember earlier
 * prompts in as far as the memory goes.
 *
 * @param slots         at least the running sequences
 * @param tokensPerSlot most tokens of prompt and answer together
 */
record KvBudget(int slots, int tokensPerSlot) {

    /** Tokens of a slot that holds a picture, the 576 of LLaVA-1.5, with its question and answer. */
    private static final int LEAST_TOKENS = 1024;

    private static final int MOST_SEQUENCES = 8;

    /** Most prompts that are remembered for each running sequence: with small models memory would hold thousands. */
    private static final int MOST_REMEMBERED = 3;

    /**
     * Where the context was not configured it shrinks to what the memory holds, but never below a picture's need.
     *
     * @param properties   with a number of sequences
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
        long tokens = tokens(properties, bytesPerToken);
        long perSequence = Math.min(wanted == null ? modelContext : wanted, tokens / sequences);
        long least = least(properties, modelContext);
        if (perSequence < least) {
            throw new KvBudgetException("pargo.llm.kv-cache of %d MB is too small: %d x %d tokens need %d MB"
                    .formatted(
                            properties.kvCache().toMegabytes(),
                            sequences,
                            least,
                            sequences * least * bytesPerToken / (1 << 20) + 1));
        }
        return new KvBudget((int) Math.min(tokens / perSequence, sequences * (1 + MOST_REMEMBERED)), (int) perSequence);
    }

    /** As many sequences as find room: fewer are better than some that cannot hold a picture. */
    static int sequences(EngineProperties properties, long bytesPerToken, int modelContext) {
        long fitting = tokens(properties, bytesPerToken) / least(properties, modelContext);
        return (int) Math.max(1, Math.min(fitting, MOST_SEQUENCES));
    }

    private static long tokens(EngineProperties properties, long bytesPerToken) {
        return properties.kvCache().toBytes() / bytesPerToken;
    }

    private static long least(EngineProperties properties, int modelContext) {
        return properties.context() == null ? Math.min(modelContext, LEAST_TOKENS) : properties.context();
    }
}
