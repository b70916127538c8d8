package dev.pargo.llm.engine;

import dev.pargo.models.llm.PromptPart;
import dev.pargo.models.llm.Sampling;
import java.util.List;

/**
 * What a client asks of the engine.
 *
 * @param prompt    in reading order; not empty
 * @param seed      of the random numbers; the same request with the same seed gets the same answer
 * @param maxTokens most tokens to write, at least 1
 * @param stop      the answer ends before the first of these
 * @param deadline  {@link System#nanoTime} after which nobody waits for the answer
 */
public record GenerationRequest(
        List<PromptPart> prompt, Sampling sampling, long seed, int maxTokens, List<String> stop, long deadline) {

    /** Positions that the prompt takes. */
    public int promptTokens() {
        return prompt.stream().mapToInt(PromptPart::length).sum();
    }

    /** Positions that visual tokens take. */
    public int visualTokens() {
        return prompt.stream()
                .filter(PromptPart.Visual.class::isInstance)
                .mapToInt(PromptPart::length)
                .sum();
    }
}
