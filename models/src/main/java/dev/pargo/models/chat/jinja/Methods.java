package dev.pargo.models.chat.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Python's methods of strings, dicts and lists, except methods that change the value. */
final class Methods {

    private Methods() {}

    /** Null if the value has no such method. */
    static @Nullable Callable of(@Nullable Object value, String name) {
        if (value instanceof String text) {
            return ofString(text, name);
        }
        if (value instanceof Map<?, ?> map) {
            return ofDict(map, name);
        }
        if (value instanceof List<?> list) {
            return switch (name) {
                case "index" ->
                    (arguments, run) -> {
                        for (int i = 0; i < list.size(); i++) {
                            if (Python.equal(list.get(i), arguments.get(0, "value"))) {
                                return (long) i;
                            }
                        }
                        throw new JinjaException("the list has no such item");
                    };
                case "count" ->
                    (arguments, run) -> list.stream()
                            .filter(each -> Python.equal(each, arguments.get(0, "value")))
                            .count();
                default -> null;
            };
        }
        return null;
    }

    private static @Nullable Callable ofDict(Map<?, ?> map, String name) {
        return switch (name) {
            case "items" ->
                (arguments, run) -> map.entrySet().stream()
                        .map(entry -> pair(entry.getKey(), entry.getValue()))
                        .toList();
            case "keys" -> (arguments, run) -> new ArrayList<>(map.keySet());
            case "values" -> (arguments, run) -> new ArrayList<>(map.values());
            case "get" ->
                (arguments, run) -> {
                    Object key = arguments.get(0, "key");
                    return map.containsKey(key) ? map.get(key) : arguments.get(1, "default", null);
                };
            default -> null;
        };
    }

    static List<@Nullable Object> pair(@Nullable Object key, @Nullable Object value) {
        List<@Nullable Object> pair = new ArrayList<>();
        pair.add(key);
        pair.add(value);
        return pair;
    }

    private static @Nullable Callable ofString(String text, String name) {
        return switch (name) {
            case "upper" -> (arguments, run) -> text.toUpperCase(Locale.ROOT);
            case "lower" -> (arguments, run) -> text.toLowerCase(Locale.ROOT);
            case "capitalize" -> (arguments, run) -> capitalize(text);
            case "title" -> (arguments, run) -> title(text);
            case "strip" -> (arguments, run) -> strip(text, arguments, true, true);
            case "lstrip" -> (arguments, run) -> strip(text, arguments, true, false);
            case "rstrip" -> (arguments, run) -> strip(text, arguments, false, true);
            case "startswith" -> (arguments, run) -> affixes(arguments).stream().anyMatch(text::startsWith);
            case "endswith" -> (arguments, run) -> affixes(arguments).stream().anyMatch(text::endsWith);
            case "removeprefix" ->
                (arguments, run) -> {
                    String prefix = string(arguments.get(0, "prefix"));
                    return text.startsWith(prefix) ? text.substring(prefix.length()) : text;
                };
            case "removesuffix" ->
                (arguments, run) -> {
                    String suffix = string(arguments.get(0, "suffix"));
                    return text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text;
                };
            case "split" -> (arguments, run) -> split(text, arguments);
            case "rsplit" -> (arguments, run) -> rsplit(text, arguments);
            case "splitlines" -> (arguments, run) -> text.isEmpty() ? List.of() : List.of(text.split("\r?\n"));
            case "replace" ->
                (arguments, run) -> replace(
                        text,
                        string(arguments.get(0, "old")),
                        string(arguments.get(1, "new")),
                        Python.integer(arguments.get(2, "count", -1L)),
                        run);
            case "find" -> (arguments, run) -> (long) text.indexOf(string(arguments.get(0, "sub")));
            case "rfind" -> (arguments, run) -> (long) text.lastIndexOf(string(arguments.get(0, "sub")));
            case "count" ->
                (arguments, run) ->
                        (long) text.split(java.util.regex.Pattern.quote(string(arguments.get(0, "sub"))), -1).length
                                - 1;
            case "join" -> (arguments, run) -> Filters.join(Python.items(arguments.get(0, "iterable")), text, run);
            case "isdigit" ->
                (arguments, run) -> !text.isEmpty() && text.chars().allMatch(Character::isDigit);
            case "isalpha" ->
                (arguments, run) -> !text.isEmpty() && text.chars().allMatch(Character::isLetter);
            case "isspace" ->
                (arguments, run) -> !text.isEmpty() && text.chars().allMatch(unit -> Python.isSpace((char) unit));
            default -> null;
        };
    }

    static String string(@Nullable Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw new JinjaException("%s is no string".formatted(Python.kind(value)));
    }

    private static List<String> affixes(CallArguments arguments) {
        Object affix = arguments.get(0, "prefix");
        return affix instanceof List<?> list
                ? list.stream().map(Methods::string).toList()
                : List.of(string(affix));
    }

    static String capitalize(String text) {
        return text.isEmpty()
                ? text
                : text.substring(0, 1).toUpperCase(Locale.ROOT)
                        + text.substring(1).toLowerCase(Locale.ROOT);
    }

    static String title(String text) {
        StringBuilder title = new StringBuilder();
        boolean inside = false;
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            title.append(inside ? Character.toLowerCase(letter) : Character.toUpperCase(letter));
            inside = Character.isLetter(letter);
        }
        return title.toString();
    }

    static String strip(String text, CallArguments arguments, boolean start, boolean end) {
        Object characters = arguments.get(0, "chars", null);
        int from = 0;
        int to = text.length();
        while (start && from < to && strips(text.charAt(from), characters)) {
            from++;
        }
        while (end && to > from && strips(text.charAt(to - 1), characters)) {
            to--;
        }
        return text.substring(from, to);
    }

    private static boolean strips(char letter, @Nullable Object characters) {
        return characters == null ? Python.isSpace(letter) : string(characters).indexOf(letter) >= 0;
    }

    private static List<Object> split(String text, CallArguments arguments) {
        Object separator = arguments.get(0, "sep", null);
        int most = Python.integer(arguments.get(1, "maxsplit", -1L));
        List<Object> parts = new ArrayList<>();
        if (separator == null) {
            String rest = Python.stripStart(text);
            while (!rest.isEmpty()) {
                int end = 0;
                while (end < rest.length() && !Python.isSpace(rest.charAt(end))) {
                    end++;
                }
                if (parts.size() == most) {
                    end = Python.stripEnd(rest).length();
                }
                parts.add(rest.substring(0, end));
                rest = Python.stripStart(rest.substring(end));
            }
            return parts;
        }
        String between = required(separator);
        int from = 0;
        for (int at = text.indexOf(between); at >= 0 && parts.size() != most; at = text.indexOf(between, from)) {
            parts.add(text.substring(from, at));
            from = at + between.length();
        }
        parts.add(text.substring(from));
        return parts;
    }

    private static List<Object> rsplit(String text, CallArguments arguments) {
        String between = required(arguments.get(0, "sep"));
        int most = Python.integer(arguments.get(1, "maxsplit", -1L));
        List<Object> parts = new ArrayList<>();
        String rest = text;
        for (int at = rest.lastIndexOf(between); at >= 0 && parts.size() != most; at = rest.lastIndexOf(between)) {
            parts.add(0, rest.substring(at + between.length()));
            rest = rest.substring(0, at);
        }
        parts.add(0, rest);
        return parts;
    }

    private static String required(@Nullable Object separator) {
        String text = string(separator);
        if (text.isEmpty()) {
            throw new JinjaException("the separator is empty");
        }
        return text;
    }

    static String replace(String text, String old, String fresh, int count, Run run) {
        if (old.isEmpty()) {
            throw new JinjaException("an empty string cannot be replaced");
        }
        StringBuilder replaced = new StringBuilder();
        int from = 0;
        int times = 0;
        for (int at = text.indexOf(old); at >= 0 && times != count; at = text.indexOf(old, from)) {
            replaced.append(text, from, at).append(fresh);
            run.requireLength(replaced.length());
            from = at + old.length();
            times++;
        }
        return replaced.append(text, from, text.length()).toString();
    }
}
