package dev.pargo.llm.engine;

/**
 * Hears of one generation, one call at a time: any number of {@link #onText}, then exactly one of {@link #onFinished}
 * and {@link #onFailed}; nothing after a cancellation. Called on the device's thread, so it must not block.
 */
public interface GenerationListener {

    /**
     * The answer goes on.
     *
     * @param text  whole characters; may be empty
     * @param token the next token of the answer
     */
    void onText(String text, int token);

    /** @param tokens all tokens of the answer, the one that ended it among them */
    void onFinished(FinishReason reason, int tokens, GenerationTimes times);

    /** @param failure a {@link io.grpc.StatusRuntimeException} fit for the client */
    void onFailed(RuntimeException failure);
}
