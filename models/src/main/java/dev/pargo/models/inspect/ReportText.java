package dev.pargo.models.inspect;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Formats a report as text for people. */
public record ReportText(Report report) {

    private static final String UNITS = "kMGT";

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        line(
                text,
                "%s: %s, %s in %d %s",
                report.path(),
                report.kind(),
                scaled(report.bytes(), "B"),
                report.files(),
                report.files() == 1 ? "file" : "files");
        report.networks().forEach(network -> append(text, network));
        if (report.networks().isEmpty()) {
            line(text, "%nno known network; known are %s", NetworkFinder.KNOWN);
        }
        if (report.other().tensors() > 0) {
            line(text, "%nother tensors: %s", sum(report.other()));
            append(text, report.other().groups());
        }
        if (report.prompt() != null) {
            append(text, report.prompt());
        }
        return text.toString().stripTrailing();
    }

    private static void append(StringBuilder text, PromptReport prompt) {
        if (prompt.problem() != null) {
            line(text, "%nprompt%n  problem: %s", prompt.problem());
            return;
        }
        line(text, "%nprompt: %s%s", prompt.origin(), prompt.tools() ? ", with tools" : "");
        prompt.text().lines().forEach(each -> line(text, "  | %s", each));
        line(text, "  tokens: %s", String.join(" ", prompt.tokens()));
    }

    private static void append(StringBuilder text, NetworkReport network) {
        line(text, "%n%s: %s%s", network.part(), network.network(), after(", ", network.dimensions()));
        if (network.contents().tensors() > 0) {
            line(text, "  %s%s%s", before(network.source(), ": "), sum(network.contents()), unused(network.unused()));
        }
        if (network.fit() != null) {
            problems(text, "missing", NumberedNames.collapse(network.fit().missing()));
            problems(text, "unexpected", NumberedNames.collapse(network.fit().unexpected()));
            problems(text, "of another shape", network.fit().misshaped());
        }
        if (network.problem() != null) {
            line(text, "  problem: %s", network.problem());
        }
        if (network.isComplete() && network.fit() != null) {
            line(text, "  complete");
        }
        if (network.random()) {
            line(text, "  weights are random");
        }
        append(text, network.contents().groups());
    }

    private static String unused(int tensors) {
        return tensors == 0 ? "" : " (beside them %d that it does not use)".formatted(tensors);
    }

    private static void problems(StringBuilder text, String what, List<String> names) {
        names.forEach(name -> line(text, "  %s: %s", what, name));
    }

    private static void append(StringBuilder text, List<TensorGroup> groups) {
        String format = "  %5s  %-18s %-9s %9s %9s  %s";
        if (!groups.isEmpty()) {
            line(text, format, "COUNT", "SHAPE", "TYPE", "VALUES", "SIZE", "NAME");
        }
        for (TensorGroup group : groups) {
            line(
                    text,
                    format,
                    group.count(),
                    group.shape(),
                    group.dtype().name().toLowerCase(Locale.ROOT),
                    scaled(group.parameters(), ""),
                    scaled(group.bytes(), "B"),
                    group.name());
        }
    }

    private static String sum(Contents contents) {
        return "%s parameters in %d tensors, %s, %s"
                .formatted(
                        scaled(contents.parameters(), ""),
                        contents.tensors(),
                        scaled(contents.bytes(), "B"),
                        contents.dtypes().stream()
                                .map(dtype -> dtype.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(" and ")));
    }

    /** Decimal units (powers of 1000), as used for disks and parameter counts. */
    private static String scaled(long number, String unit) {
        if (number < 1000) {
            return (number + " " + unit).strip();
        }
        double scaled = number;
        int power = -1;
        while (scaled >= 999.95) {
            scaled /= 1000;
            power++;
        }
        return "%.1f %s%s".formatted(scaled, UNITS.charAt(power), unit);
    }

    private static String after(String separator, String text) {
        return text.isEmpty() ? "" : separator + text;
    }

    private static String before(String text, String separator) {
        return text.isEmpty() ? "" : text + separator;
    }

    private static void line(StringBuilder text, String format, Object... arguments) {
        text.append(format.formatted(arguments)).append('\n');
    }
}
