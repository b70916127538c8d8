package dev.pargo.llm.constraint;

import dev.pargo.llm.constraint.grammar.GrammarAutomaton.State;
import dev.pargo.llm.constraint.language.FormatException;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import java.util.BitSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Constrains an answer to the texts of a grammar. */
final class GrammarConstraint implements TokenConstraint {

    private final TokenMasks masks;
    private State state;

    GrammarConstraint(TokenMasks masks, State start) {
        this.masks = masks;
        this.state = start;
    }

    @Override
    public BitSet allowed() {
        return refusing(() -> masks.allowed(state));
    }

    @Override
    public boolean mayEnd() {
        return state.accepts();
    }

    @Override
    public boolean isComplete() {
        return state.isFinal();
    }

    @Override
    public void accept(int id) {
        State next = refusing(() -> after(masks.bytes(id)));
        if (next == null) {
            throw new IllegalStateException("token %d was not allowed".formatted(id));
        }
        state = next;
    }

    private @Nullable State after(byte[] bytes) {
        State next = bytes.length == 0 ? null : state;
        for (byte octet : bytes) {
            next = next == null ? null : next.next(octet & 0xFF);
        }
        return next;
    }

    private static <T extends @Nullable Object> T refusing(Supplier<T> work) {
        try {
            return work.get();
        } catch (FormatException e) {
            throw new StageError(ErrorReason.INVALID_FIELD, "format " + e.getMessage()).toException();
        }
    }
}
