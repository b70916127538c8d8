package dev.pargo.llm.constraint.language;

import java.util.BitSet;
import org.apache.lucene.util.automaton.Automaton;

/** A set of code points without surrogates. Mutable. */
final class CharacterSet {

    private final BitSet members = new BitSet();

    CharacterSet add(int first, int last) {
        members.set(first, last + 1);
        return this;
    }

    CharacterSet add(int codePoint) {
        return add(codePoint, codePoint);
    }

    CharacterSet addAll(CharacterSet other) {
        members.or(other.members);
        return this;
    }

    int size() {
        return members.cardinality();
    }

    int least() {
        return members.nextSetBit(0);
    }

    /** All code points that are not in this set. */
    CharacterSet complement() {
        CharacterSet complement = new CharacterSet();
        complement.members.or(members);
        complement.members.flip(0, Character.MAX_CODE_POINT + 1);
        return complement;
    }

    /** The texts of one character. */
    Language language() {
        BitSet scalars = (BitSet) members.clone();
        scalars.clear(Character.MIN_SURROGATE, Character.MAX_SURROGATE + 1);
        Automaton automaton = new Automaton();
        int begin = automaton.createState();
        int end = automaton.createState();
        automaton.setAccept(end, true);
        for (int first = scalars.nextSetBit(0); first >= 0; ) {
            int after = scalars.nextClearBit(first);
            automaton.addTransition(begin, end, first, after - 1);
            first = scalars.nextSetBit(after);
        }
        automaton.finishState();
        return Language.of(automaton);
    }
}
