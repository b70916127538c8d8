package dev.pargo.evaluation.compare;

import dev.pargo.evaluation.report.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The candidates in a table. */
final class Summary {

    private Summary() {}

    static TextTable of(Comparison comparison) {
        List<Candidate> candidates = comparison.candidates();
        TextTable table = new TextTable(List.of(
                "model",
                "made of",
                "right",
                "accuracy",
                "same as " + candidates.get(0).name(),
                "visual tokens",
                "TTFT ms",
                "total ms"));
        long known = comparison.known();
        for (int i = 0; i < candidates.size(); i++) {
            List<String> row = new ArrayList<>();
            row.add(candidates.get(i).name());
            row.add(candidates.get(i).madeOf());
            row.add("%d/%d".formatted(comparison.right(i), known));
            row.add(known == 0 ? "-" : Comparison.percent((double) comparison.right(i) / known));
            row.add(Comparison.percent(comparison.agreement(i)));
            row.add(number(comparison.mean(i, reply -> reply.usage().visual())));
            row.add(number(comparison.mean(i, CandidateAnswer::firstTokenMs)));
            row.add(number(comparison.mean(i, CandidateAnswer::totalMs)));
            table.row(row);
        }
        return table;
    }

    static String number(double value) {
        return String.format(Locale.ROOT, "%.0f", value);
    }
}
