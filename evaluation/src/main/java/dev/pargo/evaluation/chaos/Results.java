package dev.pargo.evaluation.chaos;

import dev.pargo.evaluation.trial.TrialReport;
import java.io.PrintWriter;
import java.util.List;

/** What clients saw of each scenario. */
final class Results {

    private final TrialReport report;

    /**
     * @param progress gets one line after every scenario
     */
    Results(PrintWriter progress) {
        report = new TrialReport(
                List.of(
                        "fault",
                        "clients",
                        "requests",
                        "right",
                        "left",
                        "refused",
                        "broken off",
                        "failed",
                        "wrong",
                        "longest gap",
                        "slowest",
                        "tried again"),
                progress);
    }

    /**
     * Adds a scenario.
     *
     * @param clients clients that asked without a pause; 0 if the scenario has none
     * @param retries calls to stages that the gateway retried
     * @param broken  the broken promises, in words
     */
    void add(String scenario, int clients, Tally tally, int retries, List<String> broken) {
        report.add(
                List.of(
                        scenario,
                        clients == 0 ? "" : String.valueOf(clients),
                        String.valueOf(tally.attempts().size()),
                        String.valueOf(tally.count(ClientOutcome.RIGHT)),
                        String.valueOf(tally.count(ClientOutcome.CANCELLED)),
                        String.valueOf(tally.count(ClientOutcome.REFUSED)),
                        String.valueOf(tally.count(ClientOutcome.BROKEN_OFF)),
                        String.valueOf(tally.count(ClientOutcome.FAILED)),
                        String.valueOf(tally.count(ClientOutcome.WRONG)),
                        TrialReport.seconds(tally.longestGap()),
                        tally.attempts().isEmpty() ? "" : TrialReport.seconds(tally.slowest()),
                        String.valueOf(retries)),
                broken);
    }

    /** A row for every scenario. */
    TrialReport report() {
        return report;
    }
}
