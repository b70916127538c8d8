package dev.pargo.llm.engine;

import dev.pargo.llm.constraint.TokenConstraint;
import dev.pargo.models.llm.TokenMask;
import java.util.BitSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/**
 * A sequence's constraint, whose next mask is computed by another thread while the device runs the step that needs it.
 * Belongs to the device's thread.
 */
final class PreparedConstraint {

    private final TokenConstraint constraint;
    private final Set<Integer> stopIds;
    private final int vocabulary;
    private final Executor executor;
    private CompletableFuture<TokenMask> next;

    /**
     * @param stopIds    tokens that end the answer; allowed where the constraint allows the end
     * @param vocabulary of the model
     * @param executor   computes masks
     */
    PreparedConstraint(TokenConstraint constraint, Set<Integer> stopIds, int vocabulary, Executor executor) {
        this.constraint = constraint;
        this.stopIds = stopIds;
        this.vocabulary = vocabulary;
        this.executor = executor;
        this.next = prepare();
    }

    private CompletableFuture<TokenMask> prepare() {
        return CompletableFuture.supplyAsync(this::compute, executor);
    }

    private TokenMask compute() {
        BitSet allowed = constraint.allowed();
        if (constraint.mayEnd()) {
            allowed = (BitSet) allowed.clone();
            stopIds.forEach(allowed::set);
        }
        return TokenMask.of(allowed, vocabulary);
    }

    /** Tokens that may come next. Waits until they are computed. */
    TokenMask allowed() {
        try {
            return next.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** Appends an allowed token to the answer. */
    void accept(int id) {
        constraint.accept(id);
        if (!constraint.isComplete()) {
            next = prepare();
        }
    }

    /** True if the answer must end here. */
    boolean isComplete() {
        return constraint.isComplete();
    }
}
