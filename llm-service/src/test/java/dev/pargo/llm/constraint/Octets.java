package dev.pargo.llm.constraint;

import dev.pargo.llm.constraint.grammar.GrammarAutomaton.State;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** Reads texts byte by byte. */
final class Octets {

    /** All bytes. */
    static final BitSet ALL = new BitSet();

    static {
        ALL.set(0, 256);
    }

    private Octets() {}

    /** The state after some bytes; null if they may not come. */
    static @Nullable State read(State start, byte[] bytes) {
        State state = start;
        for (byte octet : bytes) {
            state = state == null ? null : state.next(octet & 0xFF);
        }
        return state;
    }
}
