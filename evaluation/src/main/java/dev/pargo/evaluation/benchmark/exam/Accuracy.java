package dev.pargo.evaluation.benchmark.exam;

import dev.pargo.evaluation.report.TextTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Counts right answers, in total and by category. */
public final class Accuracy {

    private final Map<String, int[]> categories = new LinkedHashMap<>();
    private int right;
    private int total;

    /** Counts one question. */
    public void add(String category, boolean isRight) {
        int[] counts = categories.computeIfAbsent(category, name -> new int[2]);
        counts[0] += isRight ? 1 : 0;
        counts[1]++;
        right += isRight ? 1 : 0;
        total++;
    }

    /** Share of right answers, from 0 to 1; 0 without questions. */
    public double accuracy() {
        return share(right, total);
    }

    /** A row for each category and one for all. */
    public String toText() {
        TextTable table = new TextTable(List.of("category", "right", "questions", "accuracy"));
        categories.forEach((name, counts) -> table.row(row(name, counts[0], counts[1])));
        return table.row(row("all", right, total)).toString();
    }

    /** {@code {"accuracy":…,"right":…,"questions":…,"categories":{NAME:ACCURACY}}}. */
    public ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("accuracy", accuracy())
                .put("right", right)
                .put("questions", total);
        ObjectNode byName = json.putObject("categories");
        categories.forEach((name, counts) -> byName.put(name, share(counts[0], counts[1])));
        return json;
    }

    private static List<String> row(String name, int right, int total) {
        return List.of(
                name,
                String.valueOf(right),
                String.valueOf(total),
                String.format(Locale.ROOT, "%.1f %%", 100 * share(right, total)));
    }

    private static double share(int right, int total) {
        return total == 0 ? 0 : (double) right / total;
    }
}
