package dev.pargo.models.chat.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Python's operators and {@code str} for the values of templates. */
final class Python {

    private Python() {}

    static boolean isTrue(@Nullable Object value) {
        if (value == null || value instanceof Undefined) {
            return false;
        }
        if (value instanceof Boolean truth) {
            return truth;
        }
        if (value instanceof Number number) {
            return number.doubleValue() != 0;
        }
        if (value instanceof String text) {
            return !text.isEmpty();
        }
        if (value instanceof Collection<?> list) {
            return !list.isEmpty();
        }
        return !(value instanceof Map<?, ?> map) || !map.isEmpty();
    }

    static String str(@Nullable Object value) {
        if (value instanceof String text) {
            return text;
        }
        return value instanceof Undefined ? "" : repr(value);
    }

    private static String repr(@Nullable Object value) {
        if (value == null) {
            return "None";
        }
        if (value instanceof Boolean truth) {
            return truth ? "True" : "False";
        }
        if (value instanceof Collection<?> list) {
            return list.stream().map(Python::repr).collect(Collectors.joining(", ", "[", "]"));
        }
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(entry -> repr(entry.getKey()) + ": " + repr(entry.getValue()))
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        return value instanceof String text ? quoted(text) : value.toString();
    }

    private static String quoted(String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        StringBuilder quoted = new StringBuilder().append(quote);
        text.chars().forEach(unit -> {
            switch (unit) {
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default -> quoted.append(unit == quote ? "\\" : "").append((char) unit);
            }
        });
        return quoted.append(quote).toString();
    }

    static boolean isInteger(@Nullable Object value) {
        return value instanceof Integer || value instanceof Long || value instanceof BigInteger;
    }

    /** @throws JinjaException if the value is no whole number */
    static int integer(@Nullable Object value) {
        if (value instanceof Boolean truth) {
            return truth ? 1 : 0;
        }
        if (isInteger(value)) {
            return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, ((Number) value).longValue()));
        }
        throw new JinjaException("%s is not a whole number".formatted(kind(value)));
    }

    private static @Nullable Number number(@Nullable Object value) {
        if (value instanceof Boolean truth) {
            return truth ? 1L : 0L;
        }
        return value instanceof Number number ? number : null;
    }

    static boolean equal(@Nullable Object left, @Nullable Object right) {
        Number a = number(left);
        Number b = number(right);
        if (a != null && b != null) {
            return decimal(a).compareTo(decimal(b)) == 0;
        }
        if (left instanceof List<?> one && right instanceof List<?> other) {
            if (one.size() != other.size()) {
                return false;
            }
            for (int i = 0; i < one.size(); i++) {
                if (!equal(one.get(i), other.get(i))) {
                    return false;
                }
            }
            return true;
        }
        if (left instanceof Undefined || right instanceof Undefined) {
            return left instanceof Undefined && right instanceof Undefined;
        }
        return Objects.equals(left, right);
    }

    private static BigDecimal decimal(Number number) {
        return new BigDecimal(number.toString());
    }

    /** @throws JinjaException if the values have no order */
    static int compare(@Nullable Object left, @Nullable Object right) {
        Number a = number(left);
        Number b = number(right);
        if (a != null && b != null) {
            return decimal(a).compareTo(decimal(b));
        }
        if (left instanceof String one && right instanceof String other) {
            return one.compareTo(other);
        }
        throw new JinjaException("%s and %s cannot be compared".formatted(kind(left), kind(right)));
    }

    static boolean contains(@Nullable Object container, @Nullable Object item) {
        if (container instanceof String text) {
            if (item instanceof String part) {
                return text.contains(part);
            }
            throw new JinjaException("a string contains only strings, not " + kind(item));
        }
        if (container instanceof Map<?, ?> map) {
            return map.containsKey(item);
        }
        return items(container).stream().anyMatch(each -> equal(each, item));
    }

    /**
     * The items that a loop goes through: those of a list, the keys of a dict, the characters of a string.
     *
     * @throws JinjaException if the value has no items
     */
    static List<@Nullable Object> items(@Nullable Object value) {
        if (value instanceof List<?> list) {
            return new ArrayList<>(list);
        }
        if (value instanceof Map<?, ?> map) {
            return new ArrayList<>(map.keySet());
        }
        if (value instanceof String text) {
            return new ArrayList<>(
                    text.codePoints().mapToObj(Character::toString).toList());
        }
        if (value instanceof Undefined) {
            return List.of();
        }
        throw new JinjaException("%s cannot be iterated".formatted(kind(value)));
    }

    /** Number of items or characters. */
    static long length(@Nullable Object value) {
        return value instanceof String text
                ? text.codePointCount(0, text.length())
                : items(value).size();
    }

    /** The result of an operator between two values. */
    static Object calculate(String operator, @Nullable Object left, @Nullable Object right, Run run) {
        if (left instanceof Undefined undefined) {
            throw undefined.missing();
        }
        if (right instanceof Undefined undefined) {
            throw undefined.missing();
        }
        if (operator.equals("+") && left instanceof String a && right instanceof String b) {
            run.requireLength((long) a.length() + b.length());
            return a + b;
        }
        if (operator.equals("+") && left instanceof List<?> a && right instanceof List<?> b) {
            run.requireLength((long) a.size() + b.size());
            List<@Nullable Object> all = new ArrayList<>(a);
            all.addAll(b);
            return all;
        }
        if (operator.equals("*") && left instanceof String text) {
            int times = Math.max(0, integer(right));
            run.requireLength((long) text.length() * times);
            return text.repeat(times);
        }
        if (operator.equals("%") && left instanceof String text) {
            return text.replaceFirst("%[sd]", java.util.regex.Matcher.quoteReplacement(str(right)));
        }
        Number a = number(left);
        Number b = number(right);
        if (a == null || b == null) {
            throw new JinjaException("%s and %s have no %s".formatted(kind(left), kind(right), operator));
        }
        return isInteger(a) && isInteger(b) && !operator.equals("/")
                ? whole(operator, a.longValue(), b.longValue())
                : real(operator, a.doubleValue(), b.doubleValue());
    }

    private static Object whole(String operator, long a, long b) {
        try {
            return switch (operator) {
                case "+" -> Math.addExact(a, b);
                case "-" -> Math.subtractExact(a, b);
                case "*" -> Math.multiplyExact(a, b);
                case "//" -> Math.floorDiv(a, b);
                case "%" -> Math.floorMod(a, b);
                default -> Math.pow(a, b) == (long) Math.pow(a, b) ? (Object) (long) Math.pow(a, b) : Math.pow(a, b);
            };
        } catch (ArithmeticException e) {
            throw new JinjaException("a number is out of range");
        }
    }

    private static double real(String operator, double a, double b) {
        if (b == 0 && (operator.equals("/") || operator.equals("//") || operator.equals("%"))) {
            throw new JinjaException("division by zero");
        }
        return switch (operator) {
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "/" -> a / b;
            case "//" -> Math.floor(a / b);
            case "%" -> a - b * Math.floor(a / b);
            default -> Math.pow(a, b);
        };
    }

    static String kind(@Nullable Object value) {
        if (value == null) {
            return "none";
        }
        if (value instanceof Undefined undefined) {
            return "'%s', which is undefined,".formatted(undefined.name());
        }
        if (value instanceof String) {
            return "a string";
        }
        if (value instanceof List<?>) {
            return "a list";
        }
        if (value instanceof Map<?, ?>) {
            return "a dict";
        }
        return value instanceof Number ? "a number" : value instanceof Boolean ? "a boolean" : "a value";
    }

    static boolean isSpace(char character) {
        return Character.isWhitespace(character)
                || character == '\u00A0'
                || character == '\u2007'
                || character == '\u202F'
                || character == '\u0085';
    }

    static String stripStart(String text) {
        int from = 0;
        while (from < text.length() && isSpace(text.charAt(from))) {
            from++;
        }
        return text.substring(from);
    }

    static String stripEnd(String text) {
        int to = text.length();
        while (to > 0 && isSpace(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(0, to);
    }
}
