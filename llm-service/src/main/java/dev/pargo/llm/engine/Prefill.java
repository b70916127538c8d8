package dev.pargo.llm.engine;

import dev.pargo.models.llm.PromptEmbedding;
import dev.pargo.models.llm.Step;

/**
 * Rows that are read into a slot before a sequence can be written in it: a prompt, and after a suspension also the
 * tokens that were written before. Belongs to the device's thread.
 */
final class Prefill implements AutoCloseable {

    private final int slot;
    private final PromptEmbedding rows;
    private final int end;
    private int next;

    /**
     * @param rows rows to read; closed when all are read
     * @param next first row that is not in the slot yet
     * @param end  row after the last one to read. A step that reads the very last row has logits
     */
    Prefill(int slot, PromptEmbedding rows, int next, int end) {
        this.slot = slot;
        this.rows = rows;
        this.next = next;
        this.end = end;
    }

    int slot() {
        return slot;
    }

    /** Number of positions that are in the slot. */
    int held() {
        return next;
    }

    /** Number of rows that must still be read. */
    int rest() {
        return end - next;
    }

    /** Offset from a sequence's address in the slot to its position. */
    int positionShift() {
        return rows.shift();
    }

    Step.Chunk nextChunk(int most) {
        int last = rows.chunkEnd(next, next + Math.min(most, rest()));
        return new Step.Chunk(slot, rows, next, last - next);
    }

    /** Applies a step that has read rows. */
    void advance(int count) {
        next += count;
        if (rest() == 0) {
            close();
        }
    }

    /** Frees the rows; further calls have no effect. */
    @Override
    public void close() {
        rows.close();
    }
}
