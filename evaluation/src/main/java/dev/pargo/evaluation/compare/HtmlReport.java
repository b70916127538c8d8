package dev.pargo.evaluation.compare;

import dev.pargo.evaluation.client.PictureDataUrl;
import dev.pargo.evaluation.question.OwnQuestion;
import dev.pargo.evaluation.report.Html;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A comparison as one self-contained HTML page. */
final class HtmlReport {

    private final Comparison comparison;

    HtmlReport(Comparison comparison) {
        this.comparison = comparison;
    }

    /** Writes {@code report.html}. */
    void write(Path folder) throws IOException {
        StringBuilder body = new StringBuilder();
        body.append(Summary.of(comparison).toHtml());
        if (!comparison.caution().isEmpty()) {
            body.append("<p><strong>%s</strong></p>\n".formatted(Html.escape(comparison.caution())));
        }
        body.append("<p class=\"note\">Times are means over the answers, one request at a time.</p>\n");
        for (Comparison.Row row : comparison.rows()) {
            body.append("<div class=\"question\">\n");
            OwnQuestion question = row.question();
            if (question.image() != null) {
                body.append("<img alt=\"%s\" src=\"%s\">\n"
                        .formatted(
                                Html.escape(String.valueOf(question.image().getFileName())),
                                Html.escape(PictureDataUrl.of(question.image()))));
            }
            body.append("<div><h2>%s</h2>\n".formatted(Html.escape(question.text())));
            if (!question.expected().isEmpty()) {
                body.append("<p class=\"note\">Expected: %s</p>\n"
                        .formatted(Html.escape(String.join(" / ", question.expected()))));
            }
            body.append(answers(row)).append("</div>\n</div>\n");
        }
        Files.writeString(folder.resolve("report.html"), Html.page("Comparison", body.toString()));
    }

    private String answers(Comparison.Row row) {
        StringBuilder table = new StringBuilder("<table>\n<tr>");
        table.append("<th scope=\"col\">model</th><th scope=\"col\">answer</th><th scope=\"col\"></th>");
        table.append("<th scope=\"col\" class=\"number\">visual tokens</th>");
        table.append("<th scope=\"col\" class=\"number\">total ms</th></tr>\n");
        for (int i = 0; i < row.replies().size(); i++) {
            CandidateAnswer reply = row.replies().get(i);
            String verdict = reply.verdict();
            table.append("<tr><td>%s</td><td class=\"%s\">%s</td><td class=\"verdict %s\">%s</td>"
                    .formatted(
                            Html.escape(comparison.candidates().get(i).name()),
                            verdict,
                            Html.escape(reply.answer()),
                            verdict,
                            verdict));
            table.append("<td class=\"number\">%d</td><td class=\"number\">%s</td></tr>\n"
                    .formatted(reply.usage().visual(), Summary.number(reply.totalMs())));
        }
        return table.append("</table>\n").toString();
    }
}
