package dev.pargo.llm.engine;

import dev.pargo.models.llm.KvCache;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Settings of the engine.
 *
 * @param sequences    Most answers that are written at once; default: 8.
 * @param context      Most tokens of prompt and answer together; default: the model's.
 * @param kvCache      Memory of the KV cache; what running sequences do not need keeps earlier prompts.
 * @param promptRows   Most rows of prompts that are read in one step while no answer is being written.
 * @param promptRowsBesideAnswers The same while answers are being written, so that a long prompt does not stall them.
 * @param packWeights  Whether bfloat16 weights on a CPU are copied into a layout that is read twice as fast; otherwise
 *                     they stay in the mapped file, which replicas on a host share.
 * @param turn         Time after which a running answer may be suspended for a client that would otherwise be kept out.
 * @param adapters     LoRA adapters that requests choose from, each {@code name=directory}.
 * @param promptLookup Whether tokens of greedy answers are drafted by prompt lookup.
 */
@ConfigurationProperties("pargo.llm")
public record EngineProperties(
        @Nullable Integer sequences,
        @Nullable Integer context,
        @DefaultValue("1GB") DataSize kvCache,
        @DefaultValue("512") int promptRows,
        @DefaultValue("128") int promptRowsBesideAnswers,
        @DefaultValue("true") boolean packWeights,
        @DefaultValue("2s") Duration turn,
        @DefaultValue List<String> adapters,
        @DefaultValue("true") boolean promptLookup) {

    public EngineProperties {
        if (promptRows < 1 || promptRowsBesideAnswers < 1) {
            throw new IllegalArgumentException(
                    "pargo.llm.prompt-rows is %d and prompt-rows-beside-answers %d, but both must be at least 1"
                            .formatted(promptRows, promptRowsBesideAnswers));
        }
        if (turn.isNegative()) {
            throw new IllegalArgumentException("pargo.llm.turn is %s, but must not be negative".formatted(turn));
        }
    }

    /**
     * Bytes of the KV cache: as many pages as fit into the configured memory.
     *
     * @throws KvBudgetException if the configured memory is too small
     */
    public long kvCacheBytes(long bytesPerToken, int modelContext) {
        KvBudget budget = KvBudget.of(this, bytesPerToken, modelContext);
        return bytesPerToken * budget.pages() * KvCache.PAGE_TOKENS;
    }
}
