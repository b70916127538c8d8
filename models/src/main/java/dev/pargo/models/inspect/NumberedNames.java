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

/** Dotted names that differ in nothing but the numbers of layers: many of them read as one. */
final class NumberedNames {

    /** A whole part of a dotted name. */
    private static final Pattern NUMBER = Pattern.compile("(?<![^.])\\d{1,9}(?![^.])");

    private NumberedNames() {}

    /** What names that belong together have in common. */
    static String pattern(String name) {
        return NUMBER.matcher(name).replaceAll("#");
    }

    /**
     * One name for all.
     *
     * @param names of one pattern, at least one
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

    /** Names of any patterns, joined where they belong together. */
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
