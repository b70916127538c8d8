package dev.pargo.llm.constraint.language;

import java.util.List;
import java.util.Map;
import org.apache.lucene.util.automaton.Automaton;
import org.apache.lucene.util.automaton.Transition;

/** JSON strings (RFC 8259): how their values are written, quotes included. */
public final class JsonString {

    /**
     * Characters that must be escaped, and the letter that represents them after a backslash. The other control
     * characters have no letter and are not written.
     */
    private static final Map<Integer, Character> ESCAPES = Map.of(
            (int) '"',
            '"',
            (int) '\\',
            '\\',
            (int) '\b',
            'b',
            (int) '\t',
            't',
            (int) '\n',
            'n',
            (int) '\f',
            'f',
            (int) '\r',
            'r');

    private static final Language QUOTE = Language.of("\"");

    /** Any string, with every kind of escape; surrogates are escaped in pairs. */
    public static final Language ANY = Regex.fullMatch("\"(?:[^\"\\\\\\x00-\\x1F]|\\\\[\"\\\\/bfnrt]"
            + "|\\\\u(?:[0-9abcefABCEF][0-9a-fA-F]{3}|[dD][0-7][0-9a-fA-F]{2}"
            + "|[dD][89abAB][0-9a-fA-F]{2}\\\\u[dD][c-fC-F][0-9a-fA-F]{2}))*\"");

    private JsonString() {}

    /** Strings whose value is in a language, with as few escapes as possible. */
    public static Language of(Language values) {
        Automaton plain = values.deterministic();
        Automaton.Builder escaped = new Automaton.Builder();
        for (int state = 0; state < plain.getNumStates(); state++) {
            escaped.createState();
            escaped.setAccept(state, plain.isAccept(state));
        }
        Transition transition = new Transition();
        for (int state = 0; state < plain.getNumStates(); state++) {
            int afterBackslash = -1;
            for (int i = plain.initTransition(state, transition); i > 0; i--) {
                plain.getNextTransition(transition);
                addUnescaped(escaped, state, transition);
                for (Map.Entry<Integer, Character> escape : ESCAPES.entrySet()) {
                    if (transition.min <= escape.getKey() && escape.getKey() <= transition.max) {
                        if (afterBackslash < 0) {
                            afterBackslash = escaped.createState();
                            escaped.addTransition(state, afterBackslash, '\\');
                        }
                        escaped.addTransition(afterBackslash, transition.dest, escape.getValue());
                    }
                }
            }
        }
        Automaton body = escaped.finish();
        return plain.getNumStates() == 0
                ? Language.NONE
                : Language.concatenate(List.of(QUOTE, Language.of(body), QUOTE));
    }

    private static void addUnescaped(Automaton.Builder escaped, int state, Transition transition) {
        addRange(escaped, state, transition, 0x20, '"' - 1);
        addRange(escaped, state, transition, '"' + 1, '\\' - 1);
        addRange(escaped, state, transition, '\\' + 1, Character.MIN_SURROGATE - 1);
        addRange(escaped, state, transition, Character.MAX_SURROGATE + 1, Character.MAX_CODE_POINT);
    }

    private static void addRange(Automaton.Builder escaped, int state, Transition transition, int first, int last) {
        int min = Math.max(transition.min, first);
        int max = Math.min(transition.max, last);
        if (min <= max) {
            escaped.addTransition(state, transition.dest, min, max);
        }
    }
}
