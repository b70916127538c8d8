package dev.pargo.llm.constraint;

import java.util.BitSet;

/**
 * What an answer must look like, token by token.
 *
 * <p>Not thread-safe: {@link #accept} must not run beside another method. All throw INVALID_FIELD as a {@link
 * io.grpc.StatusRuntimeException} if the format turns out to be too ambiguous.
 */
public interface TokenConstraint {

    /** Tokens that may come next; those that end the answer are not among them. Not to be changed. */
    BitSet allowed();

    /** True if the answer may end here. */
    boolean mayEnd();

    /** True if the answer must end here: it is complete, and nothing may follow. */
    boolean isComplete();

    /** Takes a token that was allowed. */
    void accept(int id);
}
