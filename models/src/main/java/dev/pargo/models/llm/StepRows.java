package dev.pargo.models.llm;

import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** The rows of a {@link Step}, in the arrays that the network takes. */
final class StepRows {

    /** The pages of each sequence, those of the chunks first; filled up with zeros to the length of the longest. */
    final long[][] tables;

    /** For each row: its sequence, its address in the sequence, and its position on each axis. */
    final long[] sequences;

    final long[] addresses;
    final long[][] positions;

    /**
     * For each chunk of rows that attend together: its number of rows, and the number of tokens of its sequence before
     * it.
     */
    final long[] chunkRows;

    final long[] chunkPast;

    /**
     * Three numbers for each run of rows that attend to each other in both directions: index of the chunk, first row,
     * and row after the last. Rows are counted within the chunk.
     */
    final long[] spans;

    /** Tokens that the longest decode row attends to, including itself; 0 if there is no decode row. */
    final long longest;

    /** Ids of all decode tokens, one for each of their rows. */
    final long[] ids;

    /** Indices of the rows whose logits are computed. */
    final long[] wanted;

    /** Indices of the rows whose attention is given. */
    final long[] watched;

    /** For each adapter that is used, the indices of its rows; by the adapters' numbers, ascending. */
    final SortedMap<Integer, long[]> adapted;

    private final SortedMap<Integer, LongStream.Builder> adapting = new TreeMap<>();

    private int row;
    private int chunk;
    private int sequence;

    /** @param axes number of axes of a position */
    StepRows(Step step, int axes) {
        int prompts = step.chunks().stream().mapToInt(Step.Chunk::count).sum();
        int answers =
                step.tokens().stream().mapToInt(tokens -> tokens.ids().length).sum();
        int chunks = step.chunks().size();
        tables = new long[chunks + step.tokens().size()][mostPages(step)];
        sequences = new long[prompts + answers];
        addresses = new long[prompts + answers];
        positions = new long[axes][prompts + answers];
        chunkRows = new long[chunks];
        chunkPast = new long[chunks];
        ids = step.tokens().stream()
                .flatMapToLong(tokens -> Arrays.stream(tokens.ids()).asLongStream())
                .toArray();
        LongStream.Builder ends = LongStream.builder();
        LongStream.Builder both = LongStream.builder();
        for (Step.Chunk each : step.chunks()) {
            addSpans(both, each);
            addChunk(each.from(), each.count());
            PromptPositions at = each.prompt().positions();
            addAdapted(each.adapter(), each.count());
            addRows(each.pages(), each.from(), at.rows(each.from(), each.from() + each.count()));
            if (each.endsPrompt()) {
                ends.add(row - 1);
            }
        }
        for (Step.Tokens tokens : step.tokens()) {
            long first = tokens.address() + tokens.shift();
            long[] run = LongStream.range(first, first + tokens.ids().length).toArray();
            long[][] at = new long[axes][];
            Arrays.fill(at, run);
            addAdapted(tokens.adapter(), tokens.ids().length);
            addRows(tokens.pages(), tokens.address(), at);
        }
        longest = step.tokens().stream()
                .mapToLong(tokens -> tokens.address() + tokens.ids().length)
                .max()
                .orElse(0);
        spans = both.build().toArray();
        adapted = new TreeMap<>();
        adapting.forEach((adapter, rows) -> adapted.put(adapter, rows.build().toArray()));
        wanted = LongStream.concat(ends.build(), LongStream.range(prompts, prompts + answers))
                .toArray();
        watched = step.watched().stream().mapToLong(row -> wanted[row]).toArray();
    }

    /** Adds the runs of the prompt that are in the chunk. A run must be in the chunk as a whole. */
    private void addSpans(LongStream.Builder spans, Step.Chunk each) {
        for (int[] span : each.prompt().positions().spans()) {
            int begin = span[0] - each.from();
            int end = span[1] - each.from();
            if (begin >= 0 && begin < each.count()) {
                if (end > each.count()) {
                    throw new IllegalArgumentException(
                            "a chunk that ends at row %d divides the visual tokens of rows %d to %d"
                                    .formatted(each.from() + each.count(), span[0], span[1]));
                }
                spans.add(chunk).add(begin).add(end);
            }
        }
    }

    /** Notes that the next rows use an adapter. */
    private void addAdapted(int adapter, int count) {
        if (adapter != Step.BASE) {
            LongStream.Builder rows = adapting.computeIfAbsent(adapter, key -> LongStream.builder());
            LongStream.range(row, row + count).forEach(rows);
        }
    }

    private void addChunk(int address, int count) {
        chunkRows[chunk] = count;
        chunkPast[chunk++] = address;
    }

    /** The most pages that a sequence of the step needs up to its last row. */
    private static int mostPages(Step step) {
        return KvCache.pages(IntStream.concat(
                        step.chunks().stream().mapToInt(chunk -> chunk.from() + chunk.count()),
                        step.tokens().stream().mapToInt(tokens -> tokens.address() + tokens.ids().length))
                .max()
                .orElse(0));
    }

    /** @param at positions of the rows, [axes, rows] */
    private void addRows(int[] pages, int address, long[][] at) {
        int count = at[0].length;
        int needed = KvCache.pages(address + count);
        if (pages.length < needed) {
            throw new IllegalArgumentException("a sequence of %d tokens needs %d pages, but has %d"
                    .formatted(address + count, needed, pages.length));
        }
        for (int i = 0; i < needed; i++) {
            tables[sequence][i] = pages[i];
        }
        Arrays.fill(sequences, row, row + count, sequence++);
        for (int i = 0; i < count; i++) {
            addresses[row + i] = address + i;
        }
        for (int axis = 0; axis < at.length; axis++) {
            System.arraycopy(at[axis], 0, positions[axis], row, count);
        }
        row += count;
    }
}
