package dev.pargo.llm.engine;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How the engine batches.
 *
 * @param slots      Requests that are decoded at once; each owns a slot of the KV cache.
 * @param kvCache    Memory of the KV cache; the slots share it evenly, and a slot holds no more than the context.
 * @param promptRows Most rows of prompts that are read in one step, so that long prompts do not stall running answers.
 */
@ConfigurationProperties("pargo.llm")
public record EngineProperties(
        @DefaultValue("8") int slots,
        @DefaultValue("1GB") DataSize kvCache,
        @DefaultValue("512") int promptRows) {}
