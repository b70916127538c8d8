package dev.pargo.llm.engine;

import dev.pargo.models.llm.Logits;
import dev.pargo.models.llm.PromptPart;
import dev.pargo.models.llm.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A sequence group that has been admitted. While it runs, it owns slots of the KV cache, into which it reads its prompt
 * and then writes its sequences. A suspended group owns no slots. When it runs again, the content of its old slots is
 * first restored in its new slots.
 */
final class RunningGroup {

    private final SequenceGroup group;
    private final DecodingStrategy strategy;
    private final long admitted;
    private int cachedTokens;
    private long firstToken;
    private long networkNanos;

    private int[] slots = {};
    private List<Prefill> prefills = List.of();
    private int positionShift;

    private long turnBegan;
    private long writesSince;

    /** @param now {@link System#nanoTime} */
    RunningGroup(SequenceGroup group, DecodingStrategy strategy, long now) {
        this.group = group;
        this.strategy = strategy;
        this.admitted = now;
    }

    /**
     * The content that the group needs to continue: which of its slots must contain the prompt, and the ids after the
     * prompt. The next step reads the last of these ids; the others must have been read. The content of the remaining
     * slots does not matter.
     */
    Map<Integer, int[]> needed() {
        if (tokensWritten() == 0) {
            return Map.of(0, new int[0]);
        }
        Map<Integer, int[]> needed = new TreeMap<>();
        List<int[]> open = strategy.openIds();
        for (int i = 0; i < open.size(); i++) {
            if (open.get(i).length > 0) {
                needed.put(i, open.get(i));
            }
        }
        return needed;
    }

    /** Rows of the prompt and of the ids after it that must have been read before the group continues. */
    int rowsNeeded(int[] ids) {
        return group.request().promptTokens() + Math.max(0, ids.length - 1);
    }

    /** The keys of the prompt and of ids after it. */
    long[] keys(int[] ids) {
        return LongStream.concat(
                        Arrays.stream(group.request().keys()),
                        Arrays.stream(ids).asLongStream())
                .toArray();
    }

    /** The prompt and ids after it. */
    List<PromptPart> parts(int[] ids) {
        List<PromptPart> parts = new ArrayList<>(group.request().prompt());
        if (ids.length > 0) {
            parts.add(new PromptPart.Tokens(ids));
        }
        return parts;
    }

    /**
     * Lets the group run.
     *
     * @param own    slots for the group, as many as it needs
     * @param reads rows that must be read into the slots first; each is closed when it has been read, or by {@link
     *              #close}
     * @param now    {@link System#nanoTime}
     */
    void begin(int[] own, List<Prefill> reads, long now) {
        slots = own;
        prefills = reads;
        turnBegan = now;
        writesSince = 0;
        strategy.use(own);
        if (tokensWritten() == 0) {
            cachedTokens = reads.get(0).held();
            positionShift = reads.get(0).positionShift();
        }
    }

    SequenceGroup group() {
        return group;
    }

    String client() {
        return group.request().origin().client();
    }

    int[] slots() {
        return slots;
    }

    long admitted() {
        return admitted;
    }

    List<Prefill> prefills() {
        return prefills;
    }

    /** Number of rows that must still be read before the sequences are written. */
    int promptRest() {
        return prefills.stream().mapToInt(Prefill::rest).sum();
    }

    /** The next rows to read. Call it only if rows remain. */
    Step.Chunk nextChunk(int rows) {
        return currentPrefill().nextChunk(rows).withAdapter(group.request().adapter());
    }

    private Prefill currentPrefill() {
        return prefills.stream()
                .filter(prefill -> prefill.rest() > 0)
                .findFirst()
                .orElseThrow();
    }

    /** The sequences' next rows. Call it only after the prompt has been read. */
    List<Step.Tokens> nextTokens() {
        return strategy.nextTokens().stream()
                .map(tokens -> tokens.withShift(positionShift)
                        .withAdapter(group.request().adapter()))
                .toList();
    }

    /** The draws from a step's logits; the group's rows begin at {@code firstRow}. */
    List<Sampler.Draw> draws(int firstRow, List<Step.Tokens> tokens) {
        return strategy.draws(firstRow, tokens);
    }

    /** Whether the attention of the next tokens must be reported, for at most this number of tokens. */
    boolean watchesAttention(int tokens) {
        @Nullable VisualWeights attention = group.request().attention();
        return attention != null && tokensWritten() + tokens <= attention.mostTokens();
    }

    /** Records that a step has read rows of the prompt. */
    void advancePrompt(int rows) {
        if (rows > 0) {
            currentPrefill().advance(rows);
        }
    }

    /** Appends the tokens of a step to the sequences, and reports the new text. */
    void advanceSequences(Logits logits, int firstRow, List<Sampler.Drawn> drawn) {
        strategy.advance(logits, firstRow, drawn).forEach(group::report);
    }

    /** Counts the time of a step that the group took part in. */
    void countStep(long stepNanos, long now) {
        networkNanos += stepNanos;
        if (promptRest() > 0) {
            return;
        }
        if (firstToken == 0) {
            firstToken = now;
        }
        if (writesSince == 0) {
            writesSince = now;
        }
    }

    /**
     * Whether the group has run long enough to be suspended for another client: it has written for some time, and for
     * at least as long as it took to read its rows, so that suspensions take at most half of the device's time.
     */
    boolean hasHadItsTurn(long now, long turnNanos) {
        return writesSince != 0 && now - writesSince >= Math.max(turnNanos, writesSince - turnBegan);
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

    /** Keys of each slot's content, for later prompts. */
    List<long[]> contents() {
        if (promptRest() == 0) {
            return strategy.cachedIds().stream().map(this::keys).toList();
        }
        List<long[]> contents = new ArrayList<>(Collections.nCopies(slots.length, new long[0]));
        needed().forEach((index, ids) -> contents.set(index, Arrays.copyOf(keys(ids), held(slots[index], ids))));
        return contents;
    }

    private int held(int slot, int[] ids) {
        return prefills.stream()
                .filter(prefill -> prefill.slot() == slot)
                .mapToInt(Prefill::held)
                .findFirst()
                .orElse(rowsNeeded(ids));
    }

    /** Frees the rows that have not been read. */
    void close() {
        prefills.forEach(Prefill::close);
    }
}
