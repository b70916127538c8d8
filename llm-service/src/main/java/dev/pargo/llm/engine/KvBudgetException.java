package dev.pargo.llm.engine;

/** Thrown if the configured memory is too small for the KV cache. The message is one line for the operator. */
public final class KvBudgetException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    KvBudgetException(String message) {
        super(message);
    }
}
