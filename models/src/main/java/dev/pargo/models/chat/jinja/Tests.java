package dev.pargo.models.chat.jinja;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Jinja's tests that chat templates use. The value is the first positional argument. */
final class Tests {

    private Tests() {}

    /** Finds a test by its name. As in Jinja, an unknown test fails when it is called. */
    static Callable of(String name) {
        return switch (name) {
            case "defined" -> (arguments, run) -> !(value(arguments) instanceof Undefined);
            case "undefined" -> (arguments, run) -> value(arguments) instanceof Undefined;
            case "none" -> (arguments, run) -> value(arguments) == null;
            case "true" -> (arguments, run) -> Boolean.TRUE.equals(value(arguments));
            case "false" -> (arguments, run) -> Boolean.FALSE.equals(value(arguments));
            case "boolean" -> (arguments, run) -> value(arguments) instanceof Boolean;
            case "string" -> (arguments, run) -> value(arguments) instanceof String;
            case "mapping" -> (arguments, run) -> value(arguments) instanceof Map<?, ?>;
            case "number" ->
                (arguments, run) -> value(arguments) instanceof Number || value(arguments) instanceof Boolean;
            case "integer" -> (arguments, run) -> Python.isInteger(value(arguments));
            case "float" -> (arguments, run) -> value(arguments) instanceof Double;
            case "sequence" -> (arguments, run) -> isSequence(value(arguments));
            case "iterable" ->
                (arguments, run) -> isSequence(value(arguments)) || value(arguments) instanceof Undefined;
            case "callable" -> (arguments, run) -> value(arguments) instanceof Callable;
            case "equalto", "eq", "==" -> (arguments, run) -> Python.equal(value(arguments), other(arguments));
            case "ne", "!=" -> (arguments, run) -> !Python.equal(value(arguments), other(arguments));
            case "lt", "lessthan", "<" -> (arguments, run) -> Python.compare(value(arguments), other(arguments)) < 0;
            case "le", "<=" -> (arguments, run) -> Python.compare(value(arguments), other(arguments)) <= 0;
            case "gt", "greaterthan", ">" -> (arguments, run) -> Python.compare(value(arguments), other(arguments)) > 0;
            case "ge", ">=" -> (arguments, run) -> Python.compare(value(arguments), other(arguments)) >= 0;
            case "in" -> (arguments, run) -> Python.contains(other(arguments), value(arguments));
            case "sameas" -> (arguments, run) -> value(arguments) == other(arguments);
            case "odd" -> (arguments, run) -> Math.floorMod(Python.integer(value(arguments)), 2) == 1;
            case "even" -> (arguments, run) -> Math.floorMod(Python.integer(value(arguments)), 2) == 0;
            case "divisibleby" ->
                (arguments, run) -> Python.calculate("%", value(arguments), other(arguments), run)
                        .equals(0L);
            case "lower" ->
                (arguments, run) -> Python.str(value(arguments))
                        .equals(Python.str(value(arguments)).toLowerCase(Locale.ROOT));
            case "upper" ->
                (arguments, run) -> Python.str(value(arguments))
                        .equals(Python.str(value(arguments)).toUpperCase(Locale.ROOT));
            default ->
                (arguments, run) -> {
                    throw new JinjaException("there is no test '%s'".formatted(name));
                };
        };
    }

    private static @Nullable Object value(CallArguments arguments) {
        return arguments.get(0, "value");
    }

    private static @Nullable Object other(CallArguments arguments) {
        return arguments.get(1, "other");
    }

    private static boolean isSequence(@Nullable Object value) {
        return value instanceof List<?> || value instanceof String || value instanceof Map<?, ?>;
    }
}
