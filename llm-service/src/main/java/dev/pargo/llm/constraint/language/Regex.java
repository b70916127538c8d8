package dev.pargo.llm.constraint.language;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads a regular expression in the syntax of ECMA-262 with its {@code u} flag, which is that of JSON Schema. It has
 * alternatives, groups, quantifiers, character classes, escapes, and the anchors {@code ^} and {@code $} where an
 * alternative begins and ends. Look-around and back references are not regular and are refused, as are word boundaries,
 * flags and Unicode properties.
 */
public final class Regex {

    private static final int MAX_NESTED = 64;

    private final PatternInput input;
    private final CharacterReader characters;
    private final boolean search;
    private int nested;

    private Regex(String pattern, boolean search) {
        this.input = new PatternInput(pattern);
        this.characters = new CharacterReader(input);
        this.search = search;
    }

    /**
     * The texts that the expression matches as a whole.
     *
     * @throws FormatException if the expression is malformed, not supported, or too complex
     */
    public static Language fullMatch(String pattern) {
        return new Regex(pattern, false).read();
    }

    /**
     * The texts that have a match of the expression anywhere.
     *
     * @throws FormatException if the expression is malformed, not supported, or too complex
     */
    public static Language search(String pattern) {
        return new Regex(pattern, true).read();
    }

    private Language read() {
        Language language = alternatives(true);
        if (input.peek() != PatternInput.END) {
            throw input.refusal("has an unmatched )");
        }
        return language;
    }

    /** @param outermost whether anchors are allowed here */
    private Language alternatives(boolean outermost) {
        List<Language> alternatives = new ArrayList<>();
        alternatives.add(alternative(outermost));
        while (input.skip('|')) {
            alternatives.add(alternative(outermost));
        }
        return alternatives.size() == 1 ? alternatives.get(0) : Language.union(alternatives);
    }

    private Language alternative(boolean outermost) {
        List<Language> terms = new ArrayList<>();
        boolean begins = outermost && input.skip('^');
        if (outermost && search && !begins) {
            terms.add(Language.ANY);
        }
        boolean ends = false;
        while (input.peek() != PatternInput.END && input.peek() != '|' && input.peek() != ')') {
            if (ends) {
                throw input.refusal("has $ before the end of an alternative");
            }
            if (outermost && input.skip('$')) {
                ends = true;
            } else {
                terms.add(term());
            }
        }
        if (outermost && search && !ends) {
            terms.add(Language.ANY);
        }
        return Language.concatenate(terms);
    }

    private Language term() {
        Language atom = atom();
        int[] times = quantifier();
        if (times.length == 0) {
            return atom;
        }
        // A lazy quantifier has the same language.
        input.skip('?');
        if (isQuantifier(input.peek())) {
            throw input.refusal("has a quantifier on a quantifier");
        }
        return times[1] < 0 ? atom.repeat(times[0]) : atom.repeat(times[0], times[1]);
    }

    private static boolean isQuantifier(int sign) {
        return sign == '*' || sign == '+' || sign == '?' || sign == '{';
    }

    /** Smallest and largest number of repetitions, -1 for no limit; empty if there is no quantifier. */
    private int[] quantifier() {
        if (input.skip('*')) {
            return new int[] {0, -1};
        }
        if (input.skip('+')) {
            return new int[] {1, -1};
        }
        if (input.skip('?')) {
            return new int[] {0, 1};
        }
        if (!input.skip('{')) {
            return new int[0];
        }
        int least = input.number();
        int most = least;
        if (input.skip(',')) {
            most = input.peek() == '}' ? -1 : input.number();
        }
        input.expect('}');
        if (most >= 0 && most < least) {
            throw input.refusal("has a quantifier with its numbers out of order");
        }
        return new int[] {least, most};
    }

    private Language atom() {
        int sign = input.take();
        return switch (sign) {
            case '(' -> group();
            case '[' -> characters.characterClass().language();
            case '.' -> CharacterReader.LINE_ENDS.complement().language();
            case '\\' -> characters.escape().language();
            case '^', '$' -> throw input.refusal("has an anchor inside an alternative");
            case '*', '+', '?', '{', '}', ']' -> throw input.refusal("has an unescaped %c".formatted(sign));
            default -> new CharacterSet().add(sign).language();
        };
    }

    private Language group() {
        if (input.skip('?')) {
            if (input.skip('<') && input.peek() != '=' && input.peek() != '!') {
                while (input.take() != '>') {
                    // The group's name.
                }
            } else if (!input.skip(':')) {
                throw input.refusal("has look-around or flags, which are not supported");
            }
        }
        if (++nested > MAX_NESTED) {
            throw input.refusal("nests groups more than %d deep".formatted(MAX_NESTED));
        }
        Language group = alternatives(false);
        nested--;
        input.expect(')');
        return group;
    }
}
