package dev.pargo.models.llm;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;

/**
 * An embedded prompt on the device, [tokens, width and that of the side inputs], and where its rows stand; held while the prompt is
 * read into the KV cache.
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

    /** What is added to the address of a row behind the prompt to get its position. */
    public int shift() {
        return positions.shift();
    }

    /**
     * The end of a chunk of the prompt, near the wanted one: visual tokens that see each other both ways stay together.
     *
     * @param from first row of the chunk
     * @param to   wanted end, behind {@code from}
     */
    public int chunkEnd(int from, int to) {
        return positions.chunkEnd(from, to);
    }

    PtNDArray rows() {
        return rows;
    }

    /** Tokens of the prompt, visual ones among them. */
    public int length() {
        return Math.toIntExact(rows.getShape().get(0));
    }

    @Override
    public void close() {
        scope.close();
    }
}
