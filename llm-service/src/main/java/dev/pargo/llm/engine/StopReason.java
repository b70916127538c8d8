package dev.pargo.llm.engine;

/** Why an answer is complete. */
public enum StopReason {
    /** The model ended it, or a stop string was met. */
    STOP,
    /** The limit of tokens or the context was reached. */
    LENGTH
}
