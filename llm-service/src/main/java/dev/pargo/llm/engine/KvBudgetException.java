package dev.pargo.llm.engine;

/** The KV cache does not fit its memory. The message is one line for the operator. */
public final class KvBudgetException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    KvBudgetException(String message) {
        super(message);
    }
}
