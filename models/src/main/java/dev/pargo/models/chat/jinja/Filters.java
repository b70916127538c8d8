package dev.pargo.models.chat.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Jinja's filters that chat templates use. The value is the first positional argument. */
final class Filters {

    private Filters() {}

    /** Finds a filter by its name. As in Jinja, an unknown filter fails when it is called. */
    static Callable of(String name) {
        return switch (name) {
            case "length", "count" -> (arguments, run) -> Python.length(value(arguments));
            case "trim" -> (arguments, run) -> Methods.strip(text(arguments), arguments.rest(), true, true);
            case "upper" -> (arguments, run) -> text(arguments).toUpperCase(Locale.ROOT);
            case "lower" -> (arguments, run) -> text(arguments).toLowerCase(Locale.ROOT);
            case "capitalize" -> (arguments, run) -> Methods.capitalize(text(arguments));
            case "title" -> (arguments, run) -> Methods.title(text(arguments));
            case "string", "safe" -> (arguments, run) -> text(arguments);
            case "escape", "e" -> (arguments, run) -> escape(text(arguments));
            case "replace" ->
                (arguments, run) -> Methods.replace(
                        text(arguments),
                        Python.str(arguments.get(1, "old")),
                        Python.str(arguments.get(2, "new")),
                        Python.integer(arguments.get(3, "count", -1L)),
                        run);
            case "indent" -> Filters::indent;
            case "default", "d" ->
                (arguments, run) -> {
                    Object value = value(arguments);
                    boolean alsoFalse = Python.isTrue(arguments.get(2, "boolean", false));
                    return value instanceof Undefined || alsoFalse && !Python.isTrue(value)
                            ? arguments.get(1, "default_value", "")
                            : value;
                };
            case "tojson" ->
                (arguments, run) -> {
                    Object indent = arguments.get(1, "indent", null);
                    boolean ascii = Python.isTrue(arguments.named().get("ensure_ascii"));
                    String json =
                            PythonJson.write(value(arguments), indent == null ? 0 : Python.integer(indent), ascii);
                    run.requireLength(json.length());
                    return json;
                };
            case "join" ->
                (arguments, run) -> join(
                        mapped(Python.items(value(arguments)), arguments.named().get("attribute")),
                        Python.str(arguments.get(1, "d", "")),
                        run);
            case "list" -> (arguments, run) -> Python.items(value(arguments));
            case "first" -> (arguments, run) -> end(Python.items(value(arguments)), true);
            case "last" -> (arguments, run) -> end(Python.items(value(arguments)), false);
            case "reverse" ->
                (arguments, run) -> {
                    if (value(arguments) instanceof String text) {
                        return new StringBuilder(text).reverse().toString();
                    }
                    List<@Nullable Object> items = Python.items(value(arguments));
                    Collections.reverse(items);
                    return items;
                };
            case "unique" -> (arguments, run) -> unique(Python.items(value(arguments)));
            case "sort" -> (arguments, run) -> sorted(arguments);
            case "sum" ->
                (arguments, run) -> {
                    Object sum = 0L;
                    for (Object item : mapped(
                            Python.items(value(arguments)), arguments.named().get("attribute"))) {
                        sum = Python.calculate("+", sum, item, run);
                    }
                    return sum;
                };
            case "min" -> (arguments, run) -> end(sorted(arguments), true);
            case "max" -> (arguments, run) -> end(sorted(arguments), false);
            case "abs" ->
                (arguments, run) -> Python.compare(value(arguments), 0L) < 0
                        ? Python.calculate("-", 0L, value(arguments), run)
                        : value(arguments);
            case "int" -> (arguments, run) -> whole(arguments);
            case "float" -> (arguments, run) -> real(value(arguments));
            case "round" ->
                (arguments, run) -> {
                    double scale = Math.pow(10, Python.integer(arguments.get(1, "precision", 0L)));
                    return Math.rint(real(value(arguments)) * scale) / scale;
                };
            case "items" ->
                (arguments, run) -> value(arguments) instanceof Undefined
                        ? List.of()
                        : method(value(arguments), "items").call(CallArguments.NONE, run);
            case "dictsort" ->
                (arguments, run) -> {
                    List<@Nullable Object> pairs =
                            Python.items(method(value(arguments), "items").call(CallArguments.NONE, run));
                    pairs.sort(Comparator.comparing(
                            pair -> Python.str(((List<?>) pair).get(0)).toLowerCase(Locale.ROOT)));
                    return pairs;
                };
            case "map" -> Filters::map;
            case "select" -> (arguments, run) -> select(arguments, run, false, true);
            case "reject" -> (arguments, run) -> select(arguments, run, false, false);
            case "selectattr" -> (arguments, run) -> select(arguments, run, true, true);
            case "rejectattr" -> (arguments, run) -> select(arguments, run, true, false);
            default ->
                (arguments, run) -> {
                    throw new JinjaException("there is no filter '%s'".formatted(name));
                };
        };
    }

    private static @Nullable Object value(CallArguments arguments) {
        return arguments.get(0, "value");
    }

    private static String text(CallArguments arguments) {
        return Python.str(value(arguments));
    }

    private static Callable method(@Nullable Object value, String name) {
        Callable method = Methods.of(value, name);
        if (method == null) {
            throw new JinjaException("%s has no %s".formatted(Python.kind(value), name));
        }
        return method;
    }

    static String join(List<? extends @Nullable Object> items, String between, Run run) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < items.size(); i++) {
            text.append(i == 0 ? "" : between).append(Python.str(items.get(i)));
            run.requireLength(text.length());
        }
        return text.toString();
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("'", "&#39;")
                .replace("\"", "&#34;");
    }

    private static String indent(CallArguments arguments, Run run) {
        Object width = arguments.get(1, "width", 4L);
        String margin =
                width instanceof String text ? text : " ".repeat(Math.max(0, Math.min(100, Python.integer(width))));
        boolean first = Python.isTrue(arguments.get(2, "first", false));
        boolean blank = Python.isTrue(arguments.get(3, "blank", false));
        StringBuilder indented = new StringBuilder();
        String[] lines = text(arguments).split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            boolean indents = i == 0 ? first : blank || !lines[i].isEmpty();
            indented.append(i == 0 ? "" : "\n").append(indents ? margin : "").append(lines[i]);
            run.requireLength(indented.length());
        }
        return indented.toString();
    }

    private static @Nullable Object end(List<@Nullable Object> items, boolean first) {
        return items.isEmpty() ? new Undefined("item") : items.get(first ? 0 : items.size() - 1);
    }

    private static List<@Nullable Object> unique(List<@Nullable Object> items) {
        List<@Nullable Object> unique = new ArrayList<>();
        for (Object item : items) {
            if (unique.stream().noneMatch(other -> Python.equal(other, item))) {
                unique.add(item);
            }
        }
        return unique;
    }

    private static List<@Nullable Object> sorted(CallArguments arguments) {
        List<@Nullable Object> items = Python.items(value(arguments));
        Object attribute = arguments.named().get("attribute");
        boolean reverse = Python.isTrue(arguments.named().get("reverse"));
        Comparator<@Nullable Object> order = (a, b) -> Python.compare(part(a, attribute), part(b, attribute));
        items.sort(reverse ? order.reversed() : order);
        return items;
    }

    private static Object whole(CallArguments arguments) {
        Object value = value(arguments);
        if (value instanceof Number number) {
            return number.longValue();
        }
        try {
            return Long.parseLong(Python.str(value).strip());
        } catch (NumberFormatException e) {
            Object otherwise = arguments.get(1, "default", 0L);
            return otherwise == null ? 0L : otherwise;
        }
    }

    private static double real(@Nullable Object value) {
        try {
            return value instanceof Number number ? number.doubleValue() : Double.parseDouble(Python.str(value));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** An attribute of an item, which may be a path with dots; the item itself for no attribute. */
    private static @Nullable Object part(@Nullable Object item, @Nullable Object attribute) {
        if (attribute == null) {
            return item;
        }
        if (!(attribute instanceof String path)) {
            return MemberAccess.item(item, attribute);
        }
        Object part = item;
        for (String name : path.split("\\.")) {
            part = MemberAccess.item(part, name);
        }
        return part;
    }

    private static List<@Nullable Object> mapped(List<@Nullable Object> items, @Nullable Object attribute) {
        List<@Nullable Object> mapped = new ArrayList<>();
        items.forEach(item -> mapped.add(part(item, attribute)));
        return mapped;
    }

    /** The items that {@code map} and {@code select} go through. An undefined value has no items. */
    private static List<@Nullable Object> itemsIfAny(CallArguments arguments) {
        return Python.isTrue(value(arguments)) ? Python.items(value(arguments)) : List.of();
    }

    private static Object map(CallArguments arguments, Run run) {
        List<@Nullable Object> items = itemsIfAny(arguments);
        List<@Nullable Object> mapped = new ArrayList<>();
        if (arguments.named().containsKey("attribute")) {
            for (Object item : items) {
                Object part = part(item, arguments.named().get("attribute"));
                mapped.add(
                        part instanceof Undefined && arguments.named().containsKey("default")
                                ? arguments.named().get("default")
                                : part);
            }
            return mapped;
        }
        Callable filter = of(Methods.string(arguments.get(1, "filter")));
        for (Object item : items) {
            run.step();
            mapped.add(filter.call(with(item, arguments.rest().rest()), run));
        }
        return mapped;
    }

    private static Object select(CallArguments arguments, Run run, boolean byAttribute, boolean wanted) {
        CallArguments rest = arguments.rest();
        Object attribute = byAttribute ? rest.get(0, "attribute") : null;
        CallArguments of = byAttribute ? rest.rest() : rest;
        Callable test = of.positional().isEmpty()
                ? (tested, same) -> Python.isTrue(tested.positional().get(0))
                : Tests.of(Methods.string(of.positional().get(0)));
        CallArguments other = of.positional().isEmpty() ? of : of.rest();
        List<@Nullable Object> selected = new ArrayList<>();
        for (Object item : itemsIfAny(arguments)) {
            run.step();
            if (Python.isTrue(test.call(with(part(item, attribute), other), run)) == wanted) {
                selected.add(item);
            }
        }
        return selected;
    }

    /** The arguments with a value before them. */
    static CallArguments with(@Nullable Object value, CallArguments arguments) {
        List<@Nullable Object> all = new ArrayList<>();
        all.add(value);
        all.addAll(arguments.positional());
        return new CallArguments(all, new LinkedHashMap<>(arguments.named()));
    }

    /** For {@code dict(a=1)}. */
    static Map<String, @Nullable Object> dict(CallArguments arguments) {
        return new LinkedHashMap<>(arguments.named());
    }
}
