package dev.pargo.llm.engine;

/** The reason why an answer is complete. */
public enum StopReason {
    /** The model ended it, or it reached a stop string. */
    STOP,
    /** It reached the limit of tokens or of the context. */
    LENGTH
}
