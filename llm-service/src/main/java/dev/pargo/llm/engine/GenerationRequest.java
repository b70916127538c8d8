package dev.pargo.llm.engine;

import dev.pargo.llm.constraint.TokenConstraint;
import dev.pargo.models.llm.PromptPart;
import dev.pargo.models.llm.SamplingParams;
import dev.pargo.proto.v1.AnswerFormat;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A request: a prompt, and how its answers are written.
 *
 * @param prompt      in reading order; not empty
 * @param keys        of the prompt's positions, see {@link PromptKeys}
 * @param continues   whether an answer goes on with the prompt's last text, so that a space before its first word
 *     counts
 * @param adapter     number of the adapter that answers, or {@link dev.pargo.models.llm.Step#BASE}
 * @param choices     answers to write, at least 1; 1 with beam search
 * @param beams       beam search instead of sampling; null for sampling
 * @param seed        seed of the first answer's random numbers; the seed of each further answer is larger by one. The
 * same seed gives the same answer
 * @param minTokens   smallest number of tokens of an answer
 * @param maxTokens   largest number of tokens of an answer, at least 1
 * @param stop        an answer ends before the first of these
 * @param stopIds     tokens that end an answer, the model's own first
 * @param topLogprobs alternatives to report with each token's log probability; null: report none
 * @param attention   reports how much each token attends to the visual tokens; null: not reported, as with beam search
 * @param constraint  makes the constraint of each answer; null for none
 * @param deadline    {@link System#nanoTime} at which the request fails if it is not complete
 */
public record GenerationRequest(
        RequestOrigin origin,
        List<PromptPart> prompt,
        long[] keys,
        boolean continues,
        int adapter,
        int choices,
        SamplingParams sampling,
        Penalties penalties,
        @Nullable BeamSearchParams beams,
        long seed,
        int minTokens,
        int maxTokens,
        List<String> stop,
        List<Integer> stopIds,
        @Nullable Integer topLogprobs,
        @Nullable VisualWeights attention,
        @Nullable Supplier<TokenConstraint> constraint,
        @Nullable AnswerFormat format,
        String cacheSalt,
        long deadline) {

    /** Number of positions of the prompt. */
    public int promptTokens() {
        return keys.length;
    }

    /** Number of positions of visual tokens. */
    public int visualTokens() {
        return prompt.stream()
                .filter(PromptPart.Visual.class::isInstance)
                .mapToInt(PromptPart::length)
                .sum();
    }

    /** Number of sequences that are written at once. */
    int sequences() {
        return beams == null ? choices : beams.beams();
    }
}
