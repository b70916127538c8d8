package dev.pargo.gateway.inference;

/** How far an answer has come on its way to the client. Confined to the request's thread. */
public interface Delivery {

    /** Whether a part of the answer has left for the client. If not, it may be written anew by another LLM. */
    boolean hasBegun();

    /** Forgets what has been collected of an answer that has not begun to leave. */
    void discard();
}
