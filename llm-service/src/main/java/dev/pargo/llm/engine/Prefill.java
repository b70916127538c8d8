package dev.pargo.llm.engine;

import dev.pargo.models.llm.PromptEmbedding;
import dev.pargo.models.llm.Step;
import java.util.Arrays;

/**
 * Rows that are read into a sequence's pages before the sequence can be written: a prompt, and after a suspension also
 * the tokens that were written before. Belongs to the device's thread.
 */
final class Prefill implements AutoCloseable {

    private final TableContent content;
    private final BlockTable table;
    private final PromptEmbedding rows;
    private int next;

    /**
     * @param content to be read
     * @param rows    the content's rows; closed when all are read
     * @param next    first row that is not in the pages yet
     */
    Prefill(TableContent content, BlockTable table, PromptEmbedding rows, int next) {
        this.content = content;
        this.table = table;
        this.rows = rows;
        this.next = next;
    }

    /** Number of positions that are in the pages. */
    int held() {
        return next;
    }

    /** Keys of the positions that are in the pages. */
    long[] heldKeys() {
        return Arrays.copyOf(content.keys(), next);
    }

    BlockTable table() {
        return table;
    }

    /** Number of rows that must still be read. */
    int rest() {
        return content.rows() - next;
    }

    /** Offset from a sequence's address to its position. */
    int positionShift() {
        return rows.shift();
    }

    Step.Chunk nextChunk(int most) {
        int last = rows.chunkEnd(next, next + Math.min(most, rest()));
        return new Step.Chunk(table.pages(), rows, next, last - next);
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
