package dev.pargo.models.chat.jinja;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A parsed template. Immutable. */
public final class Template {

    private static final int MOST_RANGE = 100_000;

    /** Java's pattern for a directive of {@code strftime}. */
    private static final Map<Character, String> DATES = Map.ofEntries(
            Map.entry('%', "'%'"),
            Map.entry('d', "dd"),
            Map.entry('b', "MMM"),
            Map.entry('B', "MMMM"),
            Map.entry('Y', "yyyy"),
            Map.entry('y', "yy"),
            Map.entry('m', "MM"),
            Map.entry('H', "HH"),
            Map.entry('M', "mm"),
            Map.entry('S', "ss"),
            Map.entry('a', "EEE"),
            Map.entry('A', "EEEE"),
            Map.entry('j', "DDD"));

    private final List<Statement> statements;

    private Template(List<Statement> statements) {
        this.statements = statements;
    }

    /**
     * @throws JinjaException if the template is not valid Jinja, or uses a feature that is not supported; the message
     *         names the line
     */
    public static Template parse(String source) {
        return new Template(StatementParser.parse(source));
    }

    /**
     * Executes the template.
     *
     * @param variables variables of the template, besides the functions of Jinja, {@code raise_exception} and {@code
     *                  strftime_now}
     * @param now       the date for {@code strftime_now}
     * @param maxLength most characters of the output, and of every string
     * @param nanos     most time
     * @throws JinjaException if it cannot be executed, exceeds a limit, or {@linkplain JinjaException.Raised refuses} its input
     */
    public String render(
            Map<String, ? extends @Nullable Object> variables, LocalDateTime now, int maxLength, long nanos) {
        Run run = new Run(maxLength, System.nanoTime() + nanos);
        Scope functions = Scope.global(run);
        functions.set("range", (Callable) (arguments, same) -> range(arguments));
        functions.set("namespace", (Callable) (arguments, same) -> Namespace.of(arguments.named()));
        functions.set("dict", (Callable) (arguments, same) -> Filters.dict(arguments));
        functions.set("raise_exception", (Callable) (arguments, same) -> {
            throw new JinjaException.Raised(Python.str(arguments.get(0, "message")));
        });
        functions.set("strftime_now", (Callable)
                (arguments, same) -> written(now, Python.str(arguments.get(0, "format"))));
        Scope scope = functions.inner();
        variables.forEach(scope::set);
        Output out = new Output(run);
        Statement.all(statements, scope, out);
        return out.toString();
    }

    private static List<Object> range(CallArguments arguments) {
        boolean one = arguments.positional().size() == 1;
        int from = one ? 0 : Python.integer(arguments.get(0, "start"));
        int to = Python.integer(arguments.get(one ? 0 : 1, "stop"));
        int step = Python.integer(arguments.get(2, "step", 1L));
        if (step == 0 || ((long) to - from) / step > MOST_RANGE) {
            throw new JinjaException("a range has more than %d numbers, or the step 0".formatted(MOST_RANGE));
        }
        List<Object> numbers = new ArrayList<>();
        for (long next = from; step > 0 ? next < to : next > to; next += step) {
            numbers.add(next);
        }
        return numbers;
    }

    /** Formats a date by the directives of {@code strftime} that prompts use. */
    private static String written(LocalDateTime now, String format) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            if (format.charAt(i) != '%' || i + 1 == format.length()) {
                text.append(format.charAt(i));
                continue;
            }
            char sign = format.charAt(++i);
            if (!DATES.containsKey(sign)) {
                throw new JinjaException("strftime_now knows no %%%c".formatted(sign));
            }
            text.append(
                    DateTimeFormatter.ofPattern(DATES.get(sign), Locale.ENGLISH).format(now));
        }
        return text.toString();
    }
}
