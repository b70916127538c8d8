package dev.pargo.llm.engine;

import org.springframework.util.unit.DataSize;

/** Cuts the KV cache's memory into slots. */
final class KvBudget {

    /** A slot that cannot hold a picture and a question is of no use. */
    private static final int LEAST_TOKENS = 128;

    private KvBudget() {}

    /**
     * Tokens of one slot: an even share of the memory, at most the model's context.
     *
     * @throws KvBudgetException naming what is configured and what is needed
     */
    static int tokensPerSlot(DataSize memory, int slots, long bytesPerToken, int context) {
        if (slots < 1) {
            throw new KvBudgetException("pargo.llm.slots is %d, but must be at least 1".formatted(slots));
        }
        long tokens = Math.min(context, memory.toBytes() / slots / bytesPerToken);
        int least = Math.min(context, LEAST_TOKENS);
        if (tokens < least) {
            throw new KvBudgetException(
                    "pargo.llm.kv-cache of %d MB is too small: %d slots of %d tokens need %d MB"
                            .formatted(
                                    memory.toMegabytes(), slots, least, slots * least * bytesPerToken / 1_000_000 + 1));
        }
        return (int) tokens;
    }
}
