package dev.pargo.evaluation.chaos;

import dev.pargo.evaluation.report.TextTable;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** What clients saw of each scenario. */
final class Results {

    private final TextTable table = new TextTable(List.of(
            "fault",
            "requests",
            "right",
            "left",
            "refused",
            "broken off",
            "failed",
            "wrong",
            "longest gap",
            "slowest",
            "tried again",
            "promises"));
    private boolean kept = true;

    /**
     * Adds a scenario.
     *
     * @param retries calls to stages that the gateway retried
     */
    void add(String scenario, Tally tally, String retries, boolean promisesKept) {
        kept &= promisesKept;
        table.row(List.of(
                scenario,
                String.valueOf(tally.attempts().size()),
                String.valueOf(tally.count(Outcome.RIGHT)),
                String.valueOf(tally.count(Outcome.CANCELLED)),
                String.valueOf(tally.count(Outcome.REFUSED)),
                String.valueOf(tally.count(Outcome.BROKEN_OFF)),
                String.valueOf(tally.count(Outcome.FAILED)),
                String.valueOf(tally.count(Outcome.WRONG)),
                seconds(tally.longestGap()),
                seconds(tally.slowest()),
                retries,
                promisesKept ? "kept" : "broken"));
    }

    /** Whether every promise has been kept. */
    boolean wereKept() {
        return kept;
    }

    /** A row for every scenario. */
    TextTable table() {
        return table;
    }

    private static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1e3);
    }
}
