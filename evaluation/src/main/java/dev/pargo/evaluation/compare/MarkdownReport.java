package dev.pargo.evaluation.compare;

import dev.pargo.evaluation.question.OwnQuestion;
import dev.pargo.evaluation.report.Markdown;
import dev.pargo.evaluation.report.TextTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;

/** A comparison in Markdown, with its pictures in files next to it. */
final class MarkdownReport {

    private static final String PICTURES = "pictures";

    private final Comparison comparison;

    MarkdownReport(Comparison comparison) {
        this.comparison = comparison;
    }

    /** Writes {@code report.md} and its pictures. */
    void write(Path folder) throws IOException {
        Path pictures = Files.createDirectories(folder.resolve(PICTURES));
        StringBuilder text = new StringBuilder("# Comparison\n\n");
        text.append(Summary.of(comparison).toMarkdown()).append('\n');
        if (!comparison.caution().isEmpty()) {
            text.append("**%s**\n\n".formatted(Markdown.escape(comparison.caution())));
        }
        text.append("Times are means over the answers, one request at a time.\n");
        int number = 0;
        for (Comparison.Row row : comparison.rows()) {
            number++;
            OwnQuestion question = row.question();
            text.append("\n## %d. %s\n\n".formatted(number, Markdown.escape(question.text())));
            if (question.image() != null) {
                String name = "%03d-%s".formatted(number, safeName(question.image()));
                Files.copy(question.image(), pictures.resolve(name), StandardCopyOption.REPLACE_EXISTING);
                text.append("![%s](%s/%s)\n\n".formatted(name, PICTURES, name));
            }
            if (!question.expected().isEmpty()) {
                text.append("Expected: %s\n\n".formatted(Markdown.escape(String.join(" / ", question.expected()))));
            }
            text.append(answers(row).toMarkdown());
        }
        Files.writeString(folder.resolve("report.md"), text);
    }

    private TextTable answers(Comparison.Row row) {
        TextTable table = new TextTable(List.of("model", "answer", "", "visual tokens", "total ms"));
        for (int i = 0; i < row.replies().size(); i++) {
            CandidateAnswer reply = row.replies().get(i);
            table.row(List.of(
                    comparison.candidates().get(i).name(),
                    reply.answer(),
                    reply.verdict(),
                    String.valueOf(reply.usage().visual()),
                    Summary.number(reply.totalMs())));
        }
        return table;
    }

    private static String safeName(Path picture) {
        return Objects.requireNonNull(picture.getFileName()).toString().replaceAll("[^A-Za-z0-9._-]", "_");
    }
}
