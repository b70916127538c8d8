package dev.pargo.models.inspect;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Dotted names that differ only in layer numbers. Many such names are shown as one. */
final class NumberedNames {

    /** A number that is a whole part of a dotted name. */
    private static final Pattern NUMBER = Pattern.compile("(?<![^.])\\d{1,9}(?![^.])");

    private NumberedNames() {}

    /** The name with every layer number replaced by {@code #}. It is equal for names that differ only in numbers. */
    static String pattern(String name) {
        return NUMBER.matcher(name).replaceAll("#");
    }

    /**
     * Joins names into one.
     *
     * @param names at least one, all of the same pattern
     * @return for instance {@code blocks.{0-23}.norm1.weight}
     */
    static String join(List<String> names) {
        List<SortedSet<Integer>> numbers = new ArrayList<>();
        for (String name : names) {
            Matcher matcher = NUMBER.matcher(name);
            for (int i = 0; matcher.find(); i++) {
                if (numbers.size() == i) {
                    numbers.add(new TreeSet<>());
                }
                numbers.get(i).add(Integer.valueOf(matcher.group()));
            }
        }
        Iterator<SortedSet<Integer>> places = numbers.iterator();
        return NUMBER.matcher(names.get(0)).replaceAll(number -> range(places.next()));
    }

    /** Joins the names of each pattern. The names may have different patterns. */
    static List<String> collapse(List<String> names) {
        Map<String, List<String>> groups = new LinkedHashMap<>();
        names.forEach(name -> groups.computeIfAbsent(pattern(name), pattern -> new ArrayList<>())
                .add(name));
        return groups.values().stream().map(NumberedNames::join).toList();
    }

    private static String range(SortedSet<Integer> numbers) {
        if (numbers.size() == 1) {
            return numbers.first().toString();
        }
        boolean dense = numbers.last() - numbers.first() + 1 == numbers.size();
        return dense
                ? "{%d-%d}".formatted(numbers.first(), numbers.last())
                : numbers.stream().map(String::valueOf).collect(Collectors.joining(",", "{", "}"));
    }
}
