package dev.pargo.llm.constraint.language;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads a regular expression in the syntax of ECMA-262 with its {@code u} flag, which is that of JSON Schema. It has
 * alternatives, groups, quantifiers, character classes, escapes, and the anchors {@code ^} and {@code $} where an
 * alternative begins and ends. Not regular, and refused: look-around and back references. Refused as well: word
 * boundaries, flags and Unicode properties.
 */
public final class Regex {

    private static final int MAX_LENGTH = 4_096;
    private static final int MAX_NESTED = 64;
    private static final int MAX_REPEAT = 10_000;
    private static final int END = -1;

    private static final CharacterSet DIGITS = new CharacterSet().add('0', '9');
    private static final CharacterSet WORD =
            new CharacterSet().add('0', '9').add('A', 'Z').add('a', 'z').add('_');
    private static final CharacterSet LINE_ENDS =
            new CharacterSet().add('\n').add('\r').add(0x2028, 0x2029);

    /** The spaces that every dialect agrees on. */
    private static final CharacterSet SPACES =
            new CharacterSet().add('\t', '\r').add(' ');

    private static final CharacterSet ALL_SPACES = new CharacterSet()
            .addAll(SPACES)
            .addAll(LINE_ENDS)
            .add(0x85)
            .add(0xA0)
            .add(0x1680)
            .add(0x2000, 0x200A)
            .add(0x202F)
            .add(0x205F)
            .add(0x3000)
            .add(0xFEFF);

    private final int[] pattern;
    private final boolean search;
    private int next;
    private int nested;

    private Regex(String pattern, boolean search) {
        if (pattern.length() > MAX_LENGTH) {
            throw new FormatException("is longer than %d characters".formatted(MAX_LENGTH));
        }
        this.pattern = pattern.codePoints().toArray();
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
        if (peek() != END) {
            throw refusal("has an unmatched )");
        }
        return language;
    }

    /** @param outermost whether anchors may stand here */
    private Language alternatives(boolean outermost) {
        List<Language> alternatives = new ArrayList<>();
        alternatives.add(alternative(outermost));
        while (skip('|')) {
            alternatives.add(alternative(outermost));
        }
        return alternatives.size() == 1 ? alternatives.get(0) : Language.union(alternatives);
    }

    private Language alternative(boolean outermost) {
        List<Language> terms = new ArrayList<>();
        boolean begins = outermost && skip('^');
        if (outermost && search && !begins) {
            terms.add(Language.ANY);
        }
        boolean ends = false;
        while (peek() != END && peek() != '|' && peek() != ')') {
            if (ends) {
                throw refusal("has $ before the end of an alternative");
            }
            if (outermost && skip('$')) {
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
        skip('?');
        if (isQuantifier(peek())) {
            throw refusal("has a quantifier on a quantifier");
        }
        return times[1] < 0 ? atom.repeat(times[0]) : atom.repeat(times[0], times[1]);
    }

    private static boolean isQuantifier(int sign) {
        return sign == '*' || sign == '+' || sign == '?' || sign == '{';
    }

    /** Least and most repetitions, -1 for no limit; empty if there is no quantifier. */
    private int[] quantifier() {
        if (skip('*')) {
            return new int[] {0, -1};
        }
        if (skip('+')) {
            return new int[] {1, -1};
        }
        if (skip('?')) {
            return new int[] {0, 1};
        }
        if (!skip('{')) {
            return new int[0];
        }
        int least = number();
        int most = least;
        if (skip(',')) {
            most = peek() == '}' ? -1 : number();
        }
        expect('}');
        if (most >= 0 && most < least) {
            throw refusal("has a quantifier with its numbers out of order");
        }
        return new int[] {least, most};
    }

    private int number() {
        int begin = next;
        int value = 0;
        while (peek() >= '0' && peek() <= '9') {
            value = 10 * value + take() - '0';
            if (value > MAX_REPEAT) {
                throw refusal("repeats more than %d times".formatted(MAX_REPEAT));
            }
        }
        if (next == begin) {
            throw refusal("has a { that begins no quantifier");
        }
        return value;
    }

    private Language atom() {
        int sign = take();
        return switch (sign) {
            case '(' -> group();
            case '[' -> characterClass().language();
            case '.' -> LINE_ENDS.complement().language();
            case '\\' -> escape().language();
            case '^', '$' -> throw refusal("has an anchor inside an alternative");
            case '*', '+', '?', '{', '}', ']' -> throw refusal("has an unescaped %c".formatted(sign));
            default -> new CharacterSet().add(sign).language();
        };
    }

    private Language group() {
        if (skip('?')) {
            if (skip('<') && peek() != '=' && peek() != '!') {
                while (take() != '>') {
                    // The group's name.
                }
            } else if (!skip(':')) {
                throw refusal("has look-around or flags, which are not supported");
            }
        }
        if (++nested > MAX_NESTED) {
            throw refusal("nests groups more than %d deep".formatted(MAX_NESTED));
        }
        Language group = alternatives(false);
        nested--;
        expect(')');
        return group;
    }

    private CharacterSet characterClass() {
        boolean negated = skip('^');
        CharacterSet members = new CharacterSet();
        while (!skip(']')) {
            CharacterSet set = classMember();
            if (peek() == '-' && peek(1) != ']') {
                take();
                addRange(members, set, classMember());
            } else {
                members.addAll(set);
            }
        }
        return negated ? members.complement() : members;
    }

    private CharacterSet classMember() {
        int sign = take();
        if (sign != '\\') {
            return new CharacterSet().add(sign);
        }
        if (skip('b')) {
            return new CharacterSet().add('\b');
        }
        return skip('-') ? new CharacterSet().add('-') : escape();
    }

    private void addRange(CharacterSet members, CharacterSet first, CharacterSet last) {
        if (first.size() != 1 || last.size() != 1 || first.least() > last.least()) {
            throw refusal("has a range that does not go from one character to a later one");
        }
        members.add(first.least(), last.least());
    }

    /** What follows a backslash. */
    private CharacterSet escape() {
        int sign = take();
        return switch (sign) {
            case 'd' -> DIGITS;
            case 'D' -> DIGITS.complement();
            case 'w' -> WORD;
            case 'W' -> WORD.complement();
            case 's' -> SPACES;
            case 'S' -> ALL_SPACES.complement();
            case 'n' -> new CharacterSet().add('\n');
            case 'r' -> new CharacterSet().add('\r');
            case 't' -> new CharacterSet().add('\t');
            case 'f' -> new CharacterSet().add('\f');
            case 'v' -> new CharacterSet().add(0x0B);
            case '0' -> new CharacterSet().add(0);
            case 'x' -> new CharacterSet().add(hex(2));
            case 'u' -> new CharacterSet().add(unicode());
            default -> {
                if (Character.isLetterOrDigit(sign)) {
                    throw refusal("has \\%s, which is not supported".formatted(Character.toString(sign)));
                }
                yield new CharacterSet().add(sign);
            }
        };
    }

    private int unicode() {
        if (skip('{')) {
            int value = 0;
            while (!skip('}')) {
                value = 16 * value + hex(1);
                if (value > Character.MAX_CODE_POINT) {
                    throw refusal("has a code point beyond U+10FFFF");
                }
            }
            return value;
        }
        int unit = hex(4);
        if (Character.isHighSurrogate((char) unit) && peek() == '\\' && peek(1) == 'u') {
            next += 2;
            return Character.toCodePoint((char) unit, (char) hex(4));
        }
        return unit;
    }

    private int hex(int digits) {
        int value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = Character.digit(take(), 16);
            if (digit < 0) {
                throw refusal("has an escape with too few hexadecimal digits");
            }
            value = 16 * value + digit;
        }
        return value;
    }

    private int peek() {
        return peek(0);
    }

    private int peek(int ahead) {
        return next + ahead < pattern.length ? pattern[next + ahead] : END;
    }

    private int take() {
        if (next == pattern.length) {
            throw refusal("ends too early");
        }
        return pattern[next++];
    }

    private boolean skip(int sign) {
        boolean there = peek() == sign;
        if (there) {
            next++;
        }
        return there;
    }

    private void expect(int sign) {
        if (!skip(sign)) {
            throw refusal("lacks a %c".formatted(sign));
        }
    }

    private FormatException refusal(String problem) {
        return new FormatException("%s (at character %d)".formatted(problem, next));
    }
}
