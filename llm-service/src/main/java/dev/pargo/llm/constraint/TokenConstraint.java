package dev.pargo.llm.constraint;

import java.util.BitSet;

/**
 * Constrains an answer, token by token.
 *
 * <p>Not thread-safe: {@link #accept} must not run beside another method. All throw INVALID_FIELD as a {@link
 * io.grpc.StatusRuntimeException} if the format turns out to be too ambiguous.
 */
public interface TokenConstraint {

    /** Tokens that may come next, without those that end the answer. The result must not be changed. */
    BitSet allowed();

    /** True if the answer may end here. */
    boolean mayEnd();

    /** True if the answer must end here: it is complete, and nothing may follow. */
    boolean isComplete();

    /** Appends an allowed token to the answer. */
    void accept(int id);
}
