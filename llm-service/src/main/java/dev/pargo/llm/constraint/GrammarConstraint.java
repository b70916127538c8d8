package dev.pargo.llm.constraint;

import dev.pargo.llm.constraint.grammar.GrammarAutomaton.State;
import java.util.BitSet;

/** The answer is a text of a grammar. */
final class GrammarConstraint implements TokenConstraint {

    private final TokenMasks masks;
    private State state;

    GrammarConstraint(TokenMasks masks, State start) {
        this.masks = masks;
        this.state = start;
    }

    @Override
    public BitSet allowed() {
        return masks.allowed(state);
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
        byte[] bytes = masks.bytes(id);
        State next = bytes.length == 0 ? null : state;
        for (byte octet : bytes) {
            next = next == null ? null : next.next(octet & 0xFF);
        }
        if (next == null) {
            throw new IllegalStateException("token %d was not allowed".formatted(id));
        }
        state = next;
    }
}
