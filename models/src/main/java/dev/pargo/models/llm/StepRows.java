package dev.pargo.models.llm;

import java.util.Arrays;
import java.util.stream.LongStream;

/** A {@link Step} laid out in rows, as the network takes it. */
final class StepRows {

    /** Of each row: the slot that it goes to, and where. */
    final long[] slots;

    final long[] positions;

    /** Of each run of rows that attends as one: its slot, its rows, and the tokens that its slot holds already. */
    final long[] chunkSlots;

    final long[] chunkRows;
    final long[] chunkPast;

    /** Rows of all tokens together. */
    final long[] ids;

    /** Rows after which logits are wanted. */
    final long[] wanted;

    private int row;
    private int chunk;

    /** @param tokensAreChunks whether answers' rows attend as runs too, not one by one */
    StepRows(Step step, boolean tokensAreChunks) {
        int prompts = step.chunks().stream().mapToInt(Step.Chunk::count).sum();
        int answers =
                step.tokens().stream().mapToInt(tokens -> tokens.ids().length).sum();
        int chunks = step.chunks().size() + (tokensAreChunks ? step.tokens().size() : 0);
        slots = new long[prompts + answers];
        positions = new long[prompts + answers];
        chunkSlots = new long[chunks];
        chunkRows = new long[chunks];
        chunkPast = new long[chunks];
        ids = step.tokens().stream()
                .flatMapToLong(tokens -> Arrays.stream(tokens.ids()).asLongStream())
                .toArray();
        LongStream.Builder ends = LongStream.builder();
        for (Step.Chunk each : step.chunks()) {
            addChunk(each.slot(), each.from(), each.count());
            addRows(each.slot(), each.from(), each.count());
            if (each.endsPrompt()) {
                ends.add(row - 1);
            }
        }
        for (Step.Tokens tokens : step.tokens()) {
            if (tokensAreChunks) {
                addChunk(tokens.slot(), tokens.position(), tokens.ids().length);
            }
            addRows(tokens.slot(), tokens.position(), tokens.ids().length);
        }
        wanted = LongStream.concat(ends.build(), LongStream.range(prompts, prompts + answers))
                .toArray();
    }

    private void addChunk(int slot, int position, int count) {
        chunkSlots[chunk] = slot;
        chunkRows[chunk] = count;
        chunkPast[chunk++] = position;
    }

    private void addRows(int slot, int position, int count) {
        for (int i = 0; i < count; i++) {
            slots[row] = slot;
            positions[row++] = position + i;
        }
    }
}
