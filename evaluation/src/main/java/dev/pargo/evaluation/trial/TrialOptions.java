package dev.pargo.evaluation.trial;

import dev.pargo.evaluation.input.InputException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every trial. */
public final class TrialOptions {

    @Option(
            names = "--only",
            paramLabel = "WORD",
            split = ",",
            description = "Runs only the parts whose names contain one of these words.")
    private @Nullable List<String> only;

    @Option(names = "--seed", description = "Seed of all random choices; default: a random one.")
    private @Nullable Long seed;

    @Option(names = "--markdown", paramLabel = "FILE", description = "Writes the table in Markdown.")
    private @Nullable Path markdown;

    /** The seed; the same at every call. */
    public long seed() {
        if (seed == null) {
            seed = ThreadLocalRandom.current().nextLong();
        }
        return seed;
    }

    /**
     * The parts to run.
     *
     * @throws InputException if no part's name contains one of the words
     */
    public <T> List<T> choose(List<T> parts, Function<T, String> name) {
        if (only == null) {
            return parts;
        }
        List<T> chosen = parts.stream()
                .filter(part -> only.stream().anyMatch(name.apply(part)::contains))
                .toList();
        if (chosen.isEmpty()) {
            throw new InputException("no name contains %s; there are: %s"
                    .formatted(
                            String.join(" or ", only),
                            String.join("; ", parts.stream().map(name).toList())));
        }
        return chosen;
    }

    /** Prints a report. Returns the exit status: 1 if a promise was broken. */
    public int publish(TrialReport report, PrintWriter out) throws IOException {
        out.print(report.table());
        out.flush();
        if (markdown != null) {
            Files.writeString(markdown, report.table().toMarkdown());
        }
        return report.wereKept() ? 0 : 1;
    }
}
