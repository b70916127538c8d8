package dev.pargo.gateway.inference;

/** Whether an answer has begun to reach its client. Confined to the request's thread. */
public interface Delivery {

    /** Whether a part of the answer has been sent to the client. If not, another LLM may write it again. */
    boolean hasBegun();

    /** Drops the collected text of an answer of which nothing has been sent. */
    void discard();
}
