package dev.pargo.llm.engine;

import dev.pargo.models.llm.Logits;
import dev.pargo.models.llm.PromptEmbedding;
import dev.pargo.models.llm.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** A sequence group in the running batch: its slots of the KV cache, its prompt while it is read, then its sequences. */
final class RunningGroup {

    private final SequenceGroup group;
    private final int[] slots;
    private final int cachedTokens;
    private final DecodingStrategy strategy;
    private final long admitted;

    private @Nullable PromptEmbedding prompt;
    private final int positionShift;
    private int promptRead;
    private long firstToken;
    private long networkNanos;

    /**
     * @param slots        the group's own; the prompt is read into the first
     * @param cachedTokens positions of the prompt that the first slot holds already
     * @param prompt       closed by {@link #close}, or earlier, once it has been read
     * @param now          {@link System#nanoTime}
     */
    RunningGroup(
            SequenceGroup group,
            int[] slots,
            int cachedTokens,
            PromptEmbedding prompt,
            DecodingStrategy strategy,
            long now) {
        this.group = group;
        this.slots = slots;
        this.cachedTokens = cachedTokens;
        this.promptRead = cachedTokens;
        this.prompt = prompt;
        this.positionShift = prompt.shift();
        this.strategy = strategy;
        this.admitted = now;
    }

    SequenceGroup group() {
        return group;
    }

    int[] slots() {
        return slots;
    }

    long admitted() {
        return admitted;
    }

    /** Positions of the prompt that the first slot holds. */
    int promptRead() {
        return promptRead;
    }

    /** Prompt rows that are still to be read. */
    int promptRest() {
        return group.request().promptTokens() - promptRead;
    }

    /** The prompt's next rows. Only while the prompt is being read. */
    Step.Chunk nextChunk(int rows) {
        if (prompt == null) {
            throw new IllegalStateException("the prompt has been read");
        }
        int end = prompt.chunkEnd(promptRead, promptRead + rows);
        return new Step.Chunk(slots[0], prompt, promptRead, end - promptRead);
    }

    /** The sequences' next rows. Only after the prompt has been read. */
    List<Step.Tokens> nextTokens() {
        return strategy.nextTokens().stream()
                .map(tokens -> tokens.withShift(positionShift))
                .toList();
    }

    /** What is to be drawn from a step's logits, of which the group's begin at {@code firstRow}. */
    List<Sampler.Draw> draws(int firstRow, List<Step.Tokens> tokens) {
        return strategy.draws(firstRow, tokens);
    }

    /** Whether the attention of the next tokens, so many at most, is to be reported. */
    boolean watchesAttention(int tokens) {
        @Nullable VisualAttention attention = group.request().attention();
        return attention != null && tokensWritten() + tokens <= attention.mostTokens();
    }

    /** Takes note of a step that has read rows of the prompt. */
    void advancePrompt(int rows) {
        promptRead += rows;
        if (promptRest() == 0) {
            close();
        }
    }

    /** Writes the sequences on with what a step gave, and reports the new text. */
    void advanceSequences(Logits logits, int firstRow, List<Sampler.Drawn> drawn) {
        strategy.advance(logits, firstRow, drawn).forEach(group::report);
    }

    /** Counts the time of a step that the group took part in. */
    void countStep(long stepNanos, long now) {
        networkNanos += stepNanos;
        if (firstToken == 0 && promptRest() == 0) {
            firstToken = now;
        }
    }

    boolean isComplete() {
        return strategy.isComplete();
    }

    /** Tokens of all sequences so far. */
    int tokensWritten() {
        return strategy.tokensWritten();
    }

    GenerationSummary summary(long now) {
        return new GenerationSummary(
                tokensWritten(),
                cachedTokens,
                strategy.acceptedDrafts(),
                admitted - group.submitted(),
                firstToken - admitted,
                now - firstToken,
                networkNanos);
    }

    /** Keys of what each slot holds, for prompts to come. */
    List<long[]> contents() {
        long[] read = Arrays.copyOf(group.request().keys(), promptRead);
        if (promptRest() > 0) {
            List<long[]> contents = new ArrayList<>(Collections.nCopies(slots.length, new long[0]));
            contents.set(0, read);
            return contents;
        }
        return strategy.cachedIds().stream()
                .map(ids -> LongStream.concat(LongStream.of(read), LongStream.of(ids))
                        .toArray())
                .toList();
    }

    /** Frees the embedded prompt. */
    void close() {
        if (prompt != null) {
            prompt.close();
            prompt = null;
        }
    }
}
