package dev.pargo.llm.constraint.language;

import java.util.List;
import java.util.function.Supplier;
import org.apache.lucene.util.automaton.Automata;
import org.apache.lucene.util.automaton.Automaton;
import org.apache.lucene.util.automaton.Operations;
import org.apache.lucene.util.automaton.TooComplexToDeterminizeException;

/**
 * A regular language of Unicode text. Immutable.
 *
 * <p>The work of every operation is bounded. Beyond the bound, a {@link FormatException} is thrown.
 */
public final class Language {

    /** Bound of an automaton's states, and of the work to make it deterministic. */
    private static final int MAX_STATES = 50_000;

    private static final int MAX_WORK = 500_000;
    private static final long MAX_PRODUCT = 1_000_000;

    static final Language EMPTY_TEXT = new Language(Automata.makeEmptyString());

    /** All texts. */
    public static final Language ANY = new Language(Automata.makeAnyString());

    /** No text. */
    public static final Language NONE = new Language(Automata.makeEmpty());

    private final Automaton automaton;

    private Language(Automaton automaton) {
        this.automaton = automaton;
    }

    static Language of(Automaton automaton) {
        if (automaton.getNumStates() > MAX_STATES) {
            throw tooComplex();
        }
        return new Language(automaton);
    }

    /** One text. */
    public static Language of(String text) {
        return new Language(Automata.makeString(text));
    }

    /** The texts of all the languages together. */
    public static Language union(List<Language> languages) {
        return languages.isEmpty()
                ? NONE
                : of(Operations.union(
                        languages.stream().map(each -> each.automaton).toList()));
    }

    /** Texts of the languages, one after the other. */
    public static Language concatenate(List<Language> languages) {
        return languages.isEmpty()
                ? EMPTY_TEXT
                : of(Operations.concatenate(
                        languages.stream().map(each -> each.automaton).toList()));
    }

    /** The language's texts, one after the other, at least {@code min} of them. */
    Language repeat(int min) {
        checkCopies(min);
        return of(Operations.repeat(automaton, min));
    }

    /** The language's texts, one after the other, {@code min} to {@code max} of them. */
    Language repeat(int min, int max) {
        checkCopies(max);
        return of(Operations.repeat(automaton, min, max));
    }

    private void checkCopies(int count) {
        if ((long) count * automaton.getNumStates() > MAX_STATES) {
            throw tooComplex();
        }
    }

    /** Texts with a number of code points from {@code min} to {@code max}. */
    public static Language ofLength(int min, int max) {
        return new Language(Automata.makeAnyChar()).repeat(min, max);
    }

    /** Texts with at least this number of code points. */
    public static Language ofLength(int min) {
        return new Language(Automata.makeAnyChar()).repeat(min);
    }

    /** Multiples of a number: integers with or without a minus and leading zeros. The states are the remainders. */
    public static Language multiplesOf(int divisor) {
        Automaton.Builder digits = new Automaton.Builder();
        int begin = digits.createState();
        int afterMinus = digits.createState();
        int first = afterMinus + 1;
        for (int remainder = 0; remainder < divisor; remainder++) {
            digits.createState();
        }
        digits.setAccept(first, true);
        digits.addTransition(begin, afterMinus, '-');
        for (int digit = 0; digit <= 9; digit++) {
            digits.addTransition(begin, first + digit % divisor, '0' + digit);
            digits.addTransition(afterMinus, first + digit % divisor, '0' + digit);
            for (int remainder = 0; remainder < divisor; remainder++) {
                digits.addTransition(first + remainder, first + (10 * remainder + digit) % divisor, '0' + digit);
            }
        }
        return of(digits.finish());
    }

    /** The texts that both languages contain. */
    public Language and(Language other) {
        Automaton mine = deterministic();
        Automaton others = other.deterministic();
        if ((long) mine.getNumStates() * others.getNumStates() > MAX_PRODUCT) {
            throw tooComplex();
        }
        return of(Operations.removeDeadStates(Operations.intersection(mine, others)));
    }

    /** The texts of this language that the other one does not contain. */
    public Language minus(Language other) {
        return bounded(() -> Operations.minus(deterministic(), other.deterministic(), MAX_WORK));
    }

    public boolean isEmpty() {
        return Operations.isEmpty(automaton);
    }

    public boolean contains(String text) {
        return Operations.run(deterministic(), text);
    }

    /** An automaton over code points without dead states. */
    Automaton deterministic() {
        return bounded(() -> Operations.removeDeadStates(Operations.determinize(automaton, MAX_WORK))).automaton;
    }

    private static Language bounded(Supplier<Automaton> work) {
        try {
            return of(work.get());
        } catch (TooComplexToDeterminizeException e) {
            throw tooComplex();
        }
    }

    private static FormatException tooComplex() {
        return new FormatException("is too complex");
    }
}
