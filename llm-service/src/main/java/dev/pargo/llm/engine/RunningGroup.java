package dev.pargo.llm.engine;

import dev.pargo.models.llm.KvCache;
import dev.pargo.models.llm.Logits;
import dev.pargo.models.llm.Step;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A sequence group that has been admitted. While it runs, its sequences have tables of pages of the KV cache, into
 * which it reads its prompt and then writes the sequences. A suspended group has no tables. When it runs again, the
 * content of the tables of its sequences that continue is first restored, one after the other.
 */
final class RunningGroup {

    private final SequenceGroup group;
    private final DecodingStrategy strategy;
    private final long admitted;
    private @Nullable Integer cachedTokens;
    private long firstToken;
    private long networkNanos;

    private final SortedMap<Integer, BlockTable> tables;

    /** The sequences whose content must still be restored, by their number. */
    private final SortedMap<Integer, TableContent> missing = new TreeMap<>();

    /** Reads the content of the table with the number {@code reading}. */
    private @Nullable Prefill prefill;

    private int reading;
    private int positionShift;

    private long turnBegan;
    private long writesSince;

    /**
     * @param tables of the sequences, which the strategy writes
     * @param now    {@link System#nanoTime}
     */
    RunningGroup(SequenceGroup group, SortedMap<Integer, BlockTable> tables, DecodingStrategy strategy, long now) {
        this.group = group;
        this.tables = tables;
        this.strategy = strategy;
        this.admitted = now;
    }

    /** The content that the group needs to continue, by the number of the sequence. */
    SortedMap<Integer, TableContent> needed() {
        SortedMap<Integer, TableContent> needed = new TreeMap<>();
        if (tokensWritten() == 0) {
            needed.put(0, new TableContent(group.request(), new int[0]));
        } else {
            strategy.openIds().forEach((index, ids) -> needed.put(index, new TableContent(group.request(), ids)));
        }
        return needed;
    }

    /**
     * Lets the group run. Before its sequences are written, the content of all {@link #missing} sequences is to be
     * restored.
     *
     * @param now {@link System#nanoTime}
     */
    void begin(long now) {
        missing.putAll(needed());
        turnBegan = now;
        writesSince = 0;
    }

    /** The next content to restore if nothing is being read; null if there is none. */
    @Nullable
    TableContent nextMissing() {
        return missing.isEmpty() || promptRest() > 0 ? null : missing.get(missing.firstKey());
    }

    /** Restores the content of {@link #nextMissing} in a table that has it already. */
    void restored(BlockTable table) {
        tables.put(missing.firstKey(), table);
        missing.remove(missing.firstKey());
    }

    /** Restores the content of {@link #nextMissing} by reading what its table does not have. */
    void read(Prefill rest) {
        reading = missing.firstKey();
        prefill = rest;
        restored(rest.table());
        positionShift = rest.positionShift();
        if (cachedTokens == null) {
            cachedTokens = rest.held();
        }
    }

    /** Most pages that the content which is to be restored will take, beside those that the prompt fills. */
    int pagesToRestore() {
        int filled = group.request().promptTokens() / KvCache.PAGE_TOKENS;
        return missing.values().stream()
                .mapToInt(content -> KvCache.pages(content.rows()) - filled)
                .sum();
    }

    SequenceGroup group() {
        return group;
    }

    String client() {
        return group.request().origin().client();
    }

    /** Number of sequences that may be written at once. */
    int sequences() {
        return group.request().sequences();
    }

    Collection<BlockTable> tables() {
        return tables.values();
    }

    long admitted() {
        return admitted;
    }

    /** Makes the rows that have been read available to other prompts. */
    void keepRead(PagePool pool) {
        pool.keep(prefill.heldKeys(), tables.get(reading), true);
    }

    /** Ends the use of the pages of sequences that are complete. Their content is kept for later prompts. */
    void releaseComplete(PagePool pool) {
        tables.entrySet().removeIf(entry -> {
            boolean complete = strategy.isComplete(entry.getKey());
            if (complete) {
                pool.keep(keys(entry.getKey()), entry.getValue(), true);
                entry.getValue().release();
            }
            return complete;
        });
    }

    /** Whether rows must be read before the sequences are written. */
    boolean isReading() {
        return promptRest() > 0 || !missing.isEmpty();
    }

    /** Number of rows of the content that is being read. */
    int promptRest() {
        return prefill == null ? 0 : prefill.rest();
    }

    /** The next rows to read. Call it only if rows remain. */
    Step.Chunk nextChunk(int rows) {
        return prefill.nextChunk(rows).withAdapter(group.request().adapter());
    }

    /** The sequences' next rows. Call it only after the prompt has been read. */
    List<SequenceRows> nextRows() {
        return strategy.nextRows();
    }

    /** The rows for the network. */
    Step.Tokens tokens(SequenceRows rows) {
        return rows.tokens(positionShift, group.request().adapter());
    }

    /** The draws from a step's logits; the group's rows begin at {@code firstRow}. */
    List<Sampler.Draw> draws(int firstRow, List<SequenceRows> rows) {
        return strategy.draws(firstRow, rows);
    }

    /** Whether the attention of the next tokens must be reported, for at most this number of tokens. */
    boolean watchesAttention(int tokens) {
        @Nullable VisualWeights attention = group.request().attention();
        return attention != null && tokensWritten() + tokens <= attention.mostTokens();
    }

    /** Records that a step has read rows of the prompt. */
    void advancePrompt(int rows) {
        if (rows > 0) {
            prefill.advance(rows);
        }
    }

    /** Appends the tokens of a step to the sequences, and reports the new text. */
    void advanceSequences(Logits logits, int firstRow, List<Sampler.Drawn> drawn) {
        strategy.advance(logits, firstRow, drawn).forEach(group::report);
    }

    /** Counts the time of a step that the group took part in. */
    void countStep(long stepNanos, long now) {
        networkNanos += stepNanos;
        if (isReading()) {
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
                cachedTokens == null ? 0 : cachedTokens,
                strategy.acceptedDrafts(),
                admitted - group.submitted(),
                firstToken - admitted,
                now - firstToken,
                networkNanos);
    }

    /** Keys of what the table of a sequence contains. */
    long[] keys(int sequence) {
        return promptRest() > 0 && sequence == reading ? prefill.heldKeys() : cachedKeys(sequence);
    }

    private long[] cachedKeys(int sequence) {
        long[] prompt = group.request().keys();
        int[] ids = strategy.cachedIds(sequence);
        long[] keys = Arrays.copyOf(prompt, prompt.length + ids.length);
        for (int i = 0; i < ids.length; i++) {
            keys[prompt.length + i] = ids[i];
        }
        return keys;
    }

    /** Ends the use of all pages. Their content is kept for later prompts. */
    void release(PagePool pool) {
        tables.forEach((index, table) -> pool.keep(keys(index), table, false));
        close();
        tables.values().forEach(BlockTable::release);
        tables.clear();
    }

    /** Ends the use of all pages. What other groups do not use is not kept. */
    void discard() {
        close();
        tables.values().forEach(BlockTable::discard);
        tables.clear();
    }

    /** Frees the rows that have not been read. */
    private void close() {
        if (prefill != null) {
            prefill.close();
            prefill = null;
        }
        missing.clear();
    }
}
