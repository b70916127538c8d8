package dev.pargo.llm.constraint.language;

/** Reads the character classes and escapes of a regular expression. */
final class CharacterReader {

    private static final CharacterSet DIGITS = new CharacterSet().add('0', '9');
    private static final CharacterSet WORD =
            new CharacterSet().add('0', '9').add('A', 'Z').add('a', 'z').add('_');
    static final CharacterSet LINE_ENDS = new CharacterSet().add('\n').add('\r').add(0x2028, 0x2029);

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

    private final PatternInput input;

    CharacterReader(PatternInput input) {
        this.input = input;
    }

    /** Reads a character class after its opening bracket. */
    CharacterSet characterClass() {
        boolean negated = input.skip('^');
        CharacterSet members = new CharacterSet();
        while (!input.skip(']')) {
            CharacterSet set = classMember();
            if (input.peek() == '-' && input.peek(1) != ']') {
                input.take();
                addRange(members, set, classMember());
            } else {
                members.addAll(set);
            }
        }
        return negated ? members.complement() : members;
    }

    private CharacterSet classMember() {
        int sign = input.take();
        if (sign != '\\') {
            return new CharacterSet().add(sign);
        }
        if (input.skip('b')) {
            return new CharacterSet().add('\b');
        }
        return input.skip('-') ? new CharacterSet().add('-') : escape();
    }

    private void addRange(CharacterSet members, CharacterSet first, CharacterSet last) {
        if (first.size() != 1 || last.size() != 1 || first.least() > last.least()) {
            throw input.refusal("has a range that does not go from one character to a later one");
        }
        members.add(first.least(), last.least());
    }

    /** Reads an escape after its backslash. */
    CharacterSet escape() {
        int sign = input.take();
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
            case 'x' -> new CharacterSet().add(input.hexadecimal(2));
            case 'u' -> new CharacterSet().add(unicode());
            default -> {
                if (Character.isLetterOrDigit(sign)) {
                    throw input.refusal("has \\%s, which is not supported".formatted(Character.toString(sign)));
                }
                yield new CharacterSet().add(sign);
            }
        };
    }

    private int unicode() {
        if (input.skip('{')) {
            int value = 0;
            while (!input.skip('}')) {
                value = 16 * value + input.hexadecimal(1);
                if (value > Character.MAX_CODE_POINT) {
                    throw input.refusal("has a code point beyond U+10FFFF");
                }
            }
            return value;
        }
        int unit = input.hexadecimal(4);
        if (Character.isHighSurrogate((char) unit) && input.peek() == '\\' && input.peek(1) == 'u') {
            input.take();
            input.take();
            return Character.toCodePoint((char) unit, (char) input.hexadecimal(4));
        }
        return unit;
    }
}
