package dev.pargo.evaluation.trial;

import dev.pargo.evaluation.report.TextTable;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What was seen in each part of a trial, and whether every promise was kept. */
public final class TrialReport {

    private final TextTable table;
    private final PrintWriter progress;
    private boolean kept = true;

    /**
     * @param columns  titles of the cells of a part; the first is the part's name
     * @param progress gets one line for each part as soon as it is over
     */
    public TrialReport(List<String> columns, PrintWriter progress) {
        List<String> titles = new ArrayList<>(columns);
        titles.add("promises");
        this.table = new TextTable(titles);
        this.progress = progress;
    }

    /**
     * Adds a part.
     *
     * @param cells  the row without its last cell
     * @param broken the broken promises, in words
     */
    public void add(List<String> cells, List<String> broken) {
        kept &= broken.isEmpty();
        List<String> row = new ArrayList<>(cells);
        row.add(broken.isEmpty() ? "kept" : "broken");
        table.row(row);
        progress.printf("%s: %s%n", cells.get(0), broken.isEmpty() ? "kept" : String.join("; ", broken));
        progress.flush();
    }

    /** A time as a cell. */
    public static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1e3);
    }

    boolean wereKept() {
        return kept;
    }

    TextTable table() {
        return table;
    }
}
