package dev.pargo.models.llm;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;

/**
 * An embedded prompt on the device, with the positions of its rows: [tokens, (1 + side inputs) * width]. It is kept
 * until prefill has written the prompt into the KV cache.
 */
public final class PromptEmbedding implements AutoCloseable {

    private final PtNDManager scope;
    private final PtNDArray rows;
    private final PromptPositions positions;

    PromptEmbedding(PtNDManager scope, PtNDArray rows, PromptPositions positions) {
        this.scope = scope;
        this.rows = rows;
        this.positions = positions;
    }

    PromptPositions positions() {
        return positions;
    }

    /** Offset from the cache address of a row after the prompt to its position. */
    public int shift() {
        return positions.shift();
    }

    /**
     * The end of a prefill chunk, close to the wanted end. Visual tokens that attend to each other in both directions
     * stay in one chunk.
     *
     * @param from first row of the chunk
     * @param to   wanted end, greater than {@code from}
     */
    public int chunkEnd(int from, int to) {
        return positions.chunkEnd(from, to);
    }

    PtNDArray rows() {
        return rows;
    }

    /** Number of tokens of the prompt, including visual tokens. */
    public int length() {
        return Math.toIntExact(rows.getShape().get(0));
    }

    @Override
    public void close() {
        scope.close();
    }
}
