package dev.pargo.llm.constraint.language;

/** The characters of a regular expression, read one after another. */
final class PatternInput {

    /** The result of {@link #peek} at the end. */
    static final int END = -1;

    private static final int MAX_LENGTH = 4_096;
    private static final int MAX_NUMBER = 10_000;

    private final int[] pattern;
    private int next;

    PatternInput(String pattern) {
        if (pattern.length() > MAX_LENGTH) {
            throw new FormatException("is longer than %d characters".formatted(MAX_LENGTH));
        }
        this.pattern = pattern.codePoints().toArray();
    }

    int peek() {
        return peek(0);
    }

    int peek(int ahead) {
        return next + ahead < pattern.length ? pattern[next + ahead] : END;
    }

    int take() {
        if (next == pattern.length) {
            throw refusal("ends too early");
        }
        return pattern[next++];
    }

    /** Skips the next character if it is this one. */
    boolean skip(int sign) {
        boolean there = peek() == sign;
        if (there) {
            next++;
        }
        return there;
    }

    void expect(int sign) {
        if (!skip(sign)) {
            throw refusal("lacks a %c".formatted(sign));
        }
    }

    /** A whole number in a quantifier. */
    int number() {
        int begin = next;
        int value = 0;
        while (peek() >= '0' && peek() <= '9') {
            value = 10 * value + take() - '0';
            if (value > MAX_NUMBER) {
                throw refusal("repeats more than %d times".formatted(MAX_NUMBER));
            }
        }
        if (next == begin) {
            throw refusal("has a { that begins no quantifier");
        }
        return value;
    }

    int hexadecimal(int digits) {
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

    /** An exception that tells the position of the problem in the expression. */
    FormatException refusal(String problem) {
        return new FormatException("%s (at character %d)".formatted(problem, next));
    }
}
