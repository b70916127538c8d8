package dev.pargo.models.llm;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;

/** An embedded prompt on the device, [tokens, width]; held while the prompt is read into the KV cache. */
public final class PromptEmbedding implements AutoCloseable {

    private final PtNDManager scope;
    private final PtNDArray rows;

    PromptEmbedding(PtNDManager scope, PtNDArray rows) {
        this.scope = scope;
        this.rows = rows;
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
