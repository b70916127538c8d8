package dev.pargo.models.llm;

import java.util.stream.LongStream;

/** A {@link Step} laid out in rows, as the network takes it. */
final class StepRows {

    /** Of each row. */
    final long[] positions;

    /** Of each sequence: its slot, its rows, and the tokens that its slot holds already. */
    final long[] sequenceSlots;

    final long[] sequenceRows;
    final long[] sequencePast;

    /** Rows of all tokens together. */
    final long[] ids;

    /** Rows after which logits are wanted. */
    final long[] wanted;

    private int row;
    private int sequence;

    StepRows(Step step) {
        int prompts = step.chunks().stream().mapToInt(Step.Chunk::count).sum();
        int answers =
                step.tokens().stream().mapToInt(tokens -> tokens.ids().length).sum();
        int sequences = step.chunks().size() + step.tokens().size();
        positions = new long[prompts + answers];
        sequenceSlots = new long[sequences];
        sequenceRows = new long[sequences];
        sequencePast = new long[sequences];
        ids = step.tokens().stream()
                .flatMapToLong(tokens -> java.util.Arrays.stream(tokens.ids()).asLongStream())
                .toArray();
        LongStream.Builder ends = LongStream.builder();
        for (Step.Chunk chunk : step.chunks()) {
            add(chunk.slot(), chunk.from(), chunk.count());
            if (chunk.endsPrompt()) {
                ends.add(row - 1);
            }
        }
        for (Step.Tokens tokens : step.tokens()) {
            add(tokens.slot(), tokens.position(), tokens.ids().length);
        }
        wanted = LongStream.concat(ends.build(), LongStream.range(prompts, prompts + answers))
                .toArray();
    }

    private void add(int slot, int position, int count) {
        sequenceSlots[sequence] = slot;
        sequenceRows[sequence] = count;
        sequencePast[sequence++] = position;
        for (int i = 0; i < count; i++) {
            positions[row++] = position + i;
        }
    }
}
