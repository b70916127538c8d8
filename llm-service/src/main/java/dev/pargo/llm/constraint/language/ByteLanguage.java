package dev.pargo.llm.constraint.language;

import java.util.BitSet;
import org.apache.lucene.util.automaton.Automaton;
import org.apache.lucene.util.automaton.ByteRunAutomaton;
import org.apache.lucene.util.automaton.Operations;
import org.apache.lucene.util.automaton.TooComplexToDeterminizeException;
import org.apache.lucene.util.automaton.Transition;

/**
 * A regular language as a deterministic automaton over UTF-8 bytes. From every state that {@link #next} returns, an
 * accepting state can be reached. Immutable.
 */
public final class ByteLanguage {

    /** The state before the first byte. */
    public static final int START = 0;

    /** The result of {@link #next} for a byte that must not come. */
    public static final int REJECTED = -1;

    private static final int MAX_WORK = 2_000_000;

    private final ByteRunAutomaton automaton;
    private final boolean empty;

    /** For each state: whether any byte may follow. */
    private final boolean[] goesOn;

    private ByteLanguage(Automaton automaton) {
        this.goesOn = new boolean[automaton.getNumStates()];
        for (int state = 0; state < goesOn.length; state++) {
            goesOn[state] = automaton.getNumTransitions(state) > 0;
        }
        this.empty = Operations.isEmpty(automaton);
        this.automaton = new ByteRunAutomaton(automaton, true, MAX_WORK);
    }

    /**
     * The texts of a language that consist of given bytes.
     *
     * @param spellable bytes that may be used
     * @throws FormatException if the automaton is too large
     */
    public static ByteLanguage of(Language language, BitSet spellable) {
        try {
            Automaton utf8 = Utf8Automaton.convert(language.deterministic());
            Automaton deterministic = Operations.determinize(spelled(utf8, spellable), MAX_WORK);
            return new ByteLanguage(Operations.removeDeadStates(deterministic));
        } catch (TooComplexToDeterminizeException e) {
            throw new FormatException("is too complex");
        }
    }

    private static Automaton spelled(Automaton utf8, BitSet spellable) {
        if (spellable.cardinality() == 256) {
            return utf8;
        }
        Automaton.Builder spelled = new Automaton.Builder();
        Transition transition = new Transition();
        for (int state = 0; state < utf8.getNumStates(); state++) {
            spelled.createState();
            spelled.setAccept(state, utf8.isAccept(state));
            for (int i = utf8.initTransition(state, transition); i > 0; i--) {
                utf8.getNextTransition(transition);
                int last = Math.min(transition.max, 255);
                for (int octet = spellable.nextSetBit(transition.min);
                        octet >= 0 && octet <= last;
                        octet = spellable.nextSetBit(octet + 1)) {
                    spelled.addTransition(state, transition.dest, octet);
                }
            }
        }
        return spelled.finish();
    }

    /** True if the language has no texts. */
    public boolean isEmpty() {
        return empty;
    }

    /**
     * The state after one more byte, or {@link #REJECTED}.
     *
     * @param octet 0 to 255
     */
    public int next(int state, int octet) {
        return automaton.step(state, octet);
    }

    public boolean isAccept(int state) {
        return automaton.isAccept(state);
    }

    /** True if any byte may follow. */
    public boolean goesOn(int state) {
        return goesOn[state];
    }

    /** Number of states. */
    public int size() {
        return goesOn.length;
    }
}
