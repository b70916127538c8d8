package dev.pargo.evaluation.benchmark.exam;

import dev.pargo.evaluation.input.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The files that a benchmark must have.
 *
 * @param benchmark its name
 * @param expected  a line for each part
 */
public record Layout(String benchmark, List<String> expected) {

    private static final int SHOWN = 12;

    /** An error that says what was expected and what was found. */
    public InputException mismatch(Path data) {
        return mismatch(data, "");
    }

    /** @param detail more about what was found; may be empty */
    public InputException mismatch(Path data, String detail) {
        String indent = System.lineSeparator() + "            ";
        return new InputException("%s does not have the layout of %s%n  expected: %s%n  found:    %s%s"
                .formatted(
                        data,
                        benchmark,
                        String.join(indent, expected),
                        found(data),
                        detail.isEmpty() ? "" : indent + detail));
    }

    /** An error that says what is wrong with one line or entry of a file. */
    public static InputException wrong(Path file, int line, String problem) {
        return new InputException("%s, line %d: %s".formatted(file, line, problem));
    }

    private static String found(Path data) {
        if (!Files.exists(data)) {
            return "nothing: the path does not exist";
        }
        if (!Files.isDirectory(data)) {
            return "a file, not a folder";
        }
        try (Stream<Path> entries = Files.list(data)) {
            List<String> names = entries.map(entry -> entry.getFileName() + (Files.isDirectory(entry) ? "/" : ""))
                    .sorted()
                    .toList();
            return names.isEmpty()
                    ? "an empty folder"
                    : names.stream().limit(SHOWN).collect(Collectors.joining(", "))
                            + (names.size() > SHOWN ? ", and %d more".formatted(names.size() - SHOWN) : "");
        } catch (IOException e) {
            return "a folder that cannot be read";
        }
    }
}
