package dev.pargo.llm.engine;

import dev.pargo.models.llm.KvCache;

/**
 * How much the KV cache's memory holds.
 *
 * @param sequences most sequences that run at once
 * @param pages     of {@link KvCache#PAGE_TOKENS} tokens. There are enough for one request of the longest prompt and of
 *                  as many sequences as may run
 * @param context   largest number of tokens of prompt and answer together
 */
record KvBudget(int sequences, int pages, int context) {

    /** Least context that is chosen by default: a picture (576 tokens in LLaVA-1.5) with its question and answer. */
    private static final int LEAST_CONTEXT = 1024;

    private static final int MOST_SEQUENCES = 8;

    /**
     * Largest number of whole contexts for each running sequence. For small models the memory would be enough for
     * thousands.
     */
    private static final int MOST_CONTEXTS = 4;

    /**
     * If the context is not configured, it is the model's, as far as the memory suffices, but long enough for a
     * picture. If the number of sequences is not configured, it is 8, or fewer where the memory is very small.
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
        int least = wanted == null ? Math.min(modelContext, LEAST_CONTEXT) : wanted;
        long fitting = properties.kvCache().toBytes() / (bytesPerToken * KvCache.PAGE_TOKENS);
        int sequences = sequences(properties, fitting - KvCache.pages(least) + 1);
        long needed = KvCache.pages(least) + sequences - 1L;
        if (fitting < needed) {
            throw new KvBudgetException(
                    "pargo.llm.kv-cache of %d MB is too small: a context of %d tokens with pargo.llm.sequences %d needs %d MB"
                            .formatted(
                                    properties.kvCache().toMegabytes(),
                                    least,
                                    sequences,
                                    needed * KvCache.PAGE_TOKENS * bytesPerToken / (1 << 20) + 1));
        }
        int pages = (int) Math.min(fitting, (long) MOST_CONTEXTS * sequences * KvCache.pages(most));
        return new KvBudget(sequences, pages, (int) Math.min(most, (pages - sequences + 1L) * KvCache.PAGE_TOKENS));
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

    /**
     * Most tokens of each of a request's sequences, so that the request, alone, fits into the pages. The sequences
     * share the pages that the prompt fills.
     */
    int room(GenerationRequest request) {
        int shared = request.promptTokens() / KvCache.PAGE_TOKENS;
        long each = shared + (pages - shared) / request.sequences();
        return (int) Math.min(context, each * KvCache.PAGE_TOKENS) - request.promptTokens();
    }
}
