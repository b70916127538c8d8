package dev.pargo.llm.constraint.language;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.lucene.util.automaton.Automaton;
import org.apache.lucene.util.automaton.Transition;

/**
 * Converts an automaton over code points to one over the bytes of well-formed UTF-8. Lucene's own conversion accepts
 * overlong forms. Surrogates are left out.
 */
final class Utf8Automaton {

    /** Code points of one, two, three and four bytes, without surrogates. */
    private static final int[][] LENGTHS = {
        {0, 0x7F},
        {0x80, 0x7FF},
        {0x800, Character.MIN_SURROGATE - 1},
        {Character.MAX_SURROGATE + 1, 0xFFFF},
        {0x10000, Character.MAX_CODE_POINT}
    };

    private static final int MIN_CONTINUATION = 0x80;
    private static final int MAX_CONTINUATION = 0xBF;

    private final Automaton.Builder bytes = new Automaton.Builder();

    /** By state: the states from which one, two or three continuation bytes of any value lead to it. */
    private final Map<Integer, int[]> tails = new HashMap<>();

    private Utf8Automaton() {}

    /** The automaton over bytes; it may not be deterministic. */
    static Automaton convert(Automaton codePoints) {
        return new Utf8Automaton().convertAll(codePoints);
    }

    private Automaton convertAll(Automaton codePoints) {
        for (int state = 0; state < codePoints.getNumStates(); state++) {
            bytes.createState();
            bytes.setAccept(state, codePoints.isAccept(state));
        }
        Transition transition = new Transition();
        for (int state = 0; state < codePoints.getNumStates(); state++) {
            for (int i = codePoints.initTransition(state, transition); i > 0; i--) {
                codePoints.getNextTransition(transition);
                for (int[] length : LENGTHS) {
                    int min = Math.max(transition.min, length[0]);
                    int max = Math.min(transition.max, length[1]);
                    if (min <= max) {
                        add(state, transition.dest, encode(min), encode(max), 0);
                    }
                }
            }
        }
        return bytes.finish();
    }

    /** Adds the texts between two of the same length, from their byte {@code index} on. */
    private void add(int from, int to, int[] min, int[] max, int index) {
        if (index == min.length - 1) {
            bytes.addTransition(from, to, min[index], max[index]);
            return;
        }
        if (min[index] == max[index]) {
            add(step(from, min[index]), to, min, max, index + 1);
            return;
        }
        int first = min[index];
        int last = max[index];
        if (!isAll(min, index + 1, MIN_CONTINUATION)) {
            add(step(from, first++), to, min, withTail(min, index + 1, MAX_CONTINUATION), index + 1);
        }
        if (!isAll(max, index + 1, MAX_CONTINUATION)) {
            add(step(from, last--), to, withTail(max, index + 1, MIN_CONTINUATION), max, index + 1);
        }
        if (first <= last) {
            bytes.addTransition(from, tail(to, min.length - index - 1), first, last);
        }
    }

    private int step(int from, int octet) {
        int next = bytes.createState();
        bytes.addTransition(from, next, octet);
        return next;
    }

    private int tail(int to, int length) {
        if (length == 0) {
            return to;
        }
        int[] known = tails.computeIfAbsent(to, missing -> new int[4]);
        if (known[length] == 0) {
            int next = tail(to, length - 1);
            known[length] = bytes.createState();
            bytes.addTransition(known[length], next, MIN_CONTINUATION, MAX_CONTINUATION);
        }
        return known[length];
    }

    private static boolean isAll(int[] octets, int begin, int value) {
        for (int i = begin; i < octets.length; i++) {
            if (octets[i] != value) {
                return false;
            }
        }
        return true;
    }

    private static int[] withTail(int[] octets, int begin, int value) {
        int[] other = octets.clone();
        Arrays.fill(other, begin, other.length, value);
        return other;
    }

    private static int[] encode(int codePoint) {
        byte[] encoded = Character.toString(codePoint).getBytes(StandardCharsets.UTF_8);
        int[] octets = new int[encoded.length];
        for (int i = 0; i < octets.length; i++) {
            octets[i] = encoded[i] & 0xFF;
        }
        return octets;
    }
}
