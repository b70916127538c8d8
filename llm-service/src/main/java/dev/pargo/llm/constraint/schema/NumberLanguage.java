package dev.pargo.llm.constraint.schema;

import dev.pargo.llm.constraint.language.FormatException;
import dev.pargo.llm.constraint.language.Language;
import dev.pargo.llm.constraint.language.Regex;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * The texts of numbers within bounds. A number has at most {@value #MAX_DIGITS} digits before its point and as many
 * after it, an integer {@value #MAX_INTEGER_DIGITS} in all. A number without bounds may have an exponent of up to two
 * digits.
 */
final class NumberLanguage {

    static final int MAX_DIGITS = 20;

    /** Digits of integers, so that they fit into 64 bits. */
    static final int MAX_INTEGER_DIGITS = 18;

    private static final String WHOLE = "(?:0|[1-9][0-9]{0,%d})".formatted(MAX_DIGITS - 1);
    private static final String FRACTION = "\\.[0-9]{1,%d}".formatted(MAX_DIGITS);

    /** Any number. */
    static final Language ANY = Regex.fullMatch("-?" + WHOLE + "(?:" + FRACTION + ")?(?:[eE][+-]?[0-9]{1,2})?");

    private static final Language ANY_INTEGER =
            Regex.fullMatch("-?(?:0|[1-9][0-9]{0,%d})".formatted(MAX_INTEGER_DIGITS - 1));
    private static final Language NOT_NEGATIVE = Regex.fullMatch(WHOLE + "(?:" + FRACTION + ")?");
    private static final BigDecimal BEYOND = BigDecimal.TEN.pow(MAX_DIGITS);

    private NumberLanguage() {}

    /** Integers, without point and exponent. */
    static Language integers(NumberRange range) {
        return range.equals(NumberRange.ALL) ? ANY_INTEGER : numbers(range).and(ANY_INTEGER);
    }

    /** All numbers within bounds. */
    static Language numbers(NumberRange range) {
        if (range.equals(NumberRange.ALL)) {
            return ANY;
        }
        List<Language> parts = new ArrayList<>();
        NumberRange positive = range.atLeast(BigDecimal.ZERO, false);
        if (!positive.isEmpty()) {
            parts.add(notNegative(positive));
        }
        NumberRange negative = range.atMost(BigDecimal.ZERO, true);
        if (!negative.isEmpty()) {
            parts.add(Language.concatenate(List.of(Language.of("-"), notNegative(negative.negated()))));
        }
        return Language.union(parts);
    }

    /**
     * The multiples of a number in a language.
     *
     * @param factor 1 or a smaller power of ten; for integers also 2 to 1000
     */
    static Language multiples(Language numbers, BigDecimal factor) {
        BigDecimal plain = factor.stripTrailingZeros();
        if (plain.scale() >= 0 && plain.unscaledValue().equals(BigInteger.ONE) && plain.scale() <= MAX_DIGITS) {
            String fraction = plain.scale() == 0 ? "" : "(?:\\.[0-9]{1,%d})?".formatted(plain.scale());
            return numbers.and(Regex.fullMatch("-?" + WHOLE + fraction));
        }
        if (plain.scale() > 0 || plain.compareTo(BigDecimal.valueOf(1000)) > 0) {
            throw new FormatException("is %s, but must be a whole number up to 1000 or a power of ten below 1"
                    .formatted(factor.toPlainString()));
        }
        return numbers.and(ANY_INTEGER).and(Language.multiplesOf(plain.intValueExact()));
    }

    private static Language notNegative(NumberRange range) {
        Language language = NOT_NEGATIVE;
        if (range.min() != null && range.min().signum() >= 0 && !(range.min().signum() == 0 && !range.minExclusive())) {
            language = language.and(above(range.min(), range.minExclusive()));
        }
        if (range.max() != null && range.max().compareTo(BEYOND) < 0) {
            language = language.and(below(range.max(), range.maxExclusive()));
        }
        return language;
    }

    /** Numbers, written without sign and leading zeros, that are greater than a bound, or equal to it. */
    private static Language above(BigDecimal bound, boolean exclusive) {
        String whole = wholeDigits(bound);
        String fraction = fractionDigits(bound);
        List<String> cases = new ArrayList<>();
        if (whole.length() < MAX_DIGITS) {
            cases.add("[1-9][0-9]{%d,%d}".formatted(whole.length(), MAX_DIGITS - 1) + anyFraction());
        }
        for (int i = 0; i < whole.length(); i++) {
            if (whole.charAt(i) < '9') {
                cases.add(whole.substring(0, i)
                        + digits(whole.charAt(i) + 1, '9')
                        + "[0-9]{%d}".formatted(whole.length() - i - 1)
                        + anyFraction());
            }
        }
        for (int i = 0; i < fraction.length(); i++) {
            if (fraction.charAt(i) < '9') {
                cases.add(whole + "\\." + fraction.substring(0, i) + digits(fraction.charAt(i) + 1, '9') + "[0-9]*");
            }
        }
        String same = fraction.isEmpty() ? whole : whole + "\\." + fraction;
        String longer = fraction.isEmpty() ? "\\.[0-9]*" : "[0-9]*";
        cases.add(exclusive ? same + longer + "[1-9][0-9]*" : same + (fraction.isEmpty() ? anyFraction() : longer));
        return Regex.fullMatch(String.join("|", cases));
    }

    /** Numbers, written without sign and leading zeros, that are less than a bound, or equal to it. */
    private static Language below(BigDecimal bound, boolean exclusive) {
        String whole = wholeDigits(bound);
        String fraction = fractionDigits(bound);
        List<String> cases = new ArrayList<>();
        if (whole.length() > 1) {
            cases.add("(?:0|[1-9][0-9]{0,%d})".formatted(whole.length() - 2) + anyFraction());
        }
        for (int i = 0; i < whole.length(); i++) {
            int least = i == 0 && whole.length() > 1 ? '1' : '0';
            if (whole.charAt(i) > least) {
                cases.add(whole.substring(0, i)
                        + digits(least, whole.charAt(i) - 1)
                        + "[0-9]{%d}".formatted(whole.length() - i - 1)
                        + anyFraction());
            }
        }
        for (int i = 0; i < fraction.length(); i++) {
            // A shorter fraction is less than the bound if the bound's fraction begins with it.
            cases.add(i == 0 ? whole : whole + "\\." + fraction.substring(0, i));
            if (fraction.charAt(i) > '0') {
                cases.add(whole + "\\." + fraction.substring(0, i) + digits('0', fraction.charAt(i) - 1) + "[0-9]*");
            }
        }
        if (!exclusive) {
            cases.add(fraction.isEmpty() ? whole + "(?:\\.0+)?" : whole + "\\." + fraction + "0*");
        }
        return cases.isEmpty() ? Language.union(List.of()) : Regex.fullMatch(String.join("|", cases));
    }

    private static String anyFraction() {
        return "(?:\\.[0-9]+)?";
    }

    private static String digits(int first, int last) {
        return "[%c-%c]".formatted(first, last);
    }

    private static String wholeDigits(BigDecimal bound) {
        String digits = bound.toBigInteger().toString();
        if (digits.length() > MAX_DIGITS) {
            throw new FormatException(
                    "is out of range: numbers have at most %d digits before their point".formatted(MAX_DIGITS));
        }
        return digits;
    }

    /** The digits without zeros at the end. */
    private static String fractionDigits(BigDecimal bound) {
        String plain = bound.stripTrailingZeros().toPlainString();
        int point = plain.indexOf('.');
        String digits = point < 0 ? "" : plain.substring(point + 1);
        if (digits.length() > MAX_DIGITS) {
            throw new FormatException("has more than %d digits after its point".formatted(MAX_DIGITS));
        }
        return digits;
    }
}
