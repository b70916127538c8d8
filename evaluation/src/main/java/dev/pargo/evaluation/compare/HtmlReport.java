package dev.pargo.evaluation.compare;

import dev.pargo.evaluation.client.DataUrl;
import dev.pargo.evaluation.question.OwnQuestion;
import dev.pargo.evaluation.report.Html;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A comparison as one page with everything in it. */
final class HtmlReport {

    private final Comparison comparison;

    HtmlReport(Comparison comparison) {
        this.comparison = comparison;
    }

    /** Writes {@code report.html}. */
    void write(Path folder) throws IOException {
        StringBuilder body = new StringBuilder();
        body.append("<div class=\"scroll\">%s</div>\n"
                .formatted(Summary.of(comparison).toHtml()));
        if (!comparison.caution().isEmpty()) {
            body.append("<p><strong>%s</strong></p>\n".formatted(Html.escape(comparison.caution())));
        }
        body.append("<p class=\"note\">Times are means over the answers, one request at a time.</p>\n");
        for (Comparison.Row row : comparison.rows()) {
            body.append("<div class=\"question\">\n");
            OwnQuestion question = row.question();
            if (question.image() != null) {
                body.append("<img alt=\"\" src=\"%s\">\n".formatted(Html.escape(DataUrl.of(question.image()))));
            }
            body.append("<div><strong>%s</strong>\n".formatted(Html.escape(question.text())));
            if (!question.expected().isEmpty()) {
                body.append("<p class=\"note\">Expected: %s</p>\n"
                        .formatted(Html.escape(String.join(" / ", question.expected()))));
            }
            body.append(answers(row)).append("</div>\n</div>\n");
        }
        Files.writeString(folder.resolve("report.html"), Html.page("Comparison", body.toString()));
    }

    private String answers(Comparison.Row row) {
        StringBuilder table = new StringBuilder("<table>\n");
        table.append("<tr><th>model</th><th>answer</th><th class=\"number\">visual tokens</th>"
                + "<th class=\"number\">total ms</th></tr>\n");
        for (int i = 0; i < row.replies().size(); i++) {
            Reply reply = row.replies().get(i);
            table.append("<tr><td>%s</td><td%s>%s</td><td class=\"number\">%d</td><td class=\"number\">%s</td></tr>\n"
                    .formatted(
                            Html.escape(comparison.candidates().get(i).name()),
                            style(reply),
                            Html.escape(reply.answer()),
                            reply.usage().visual(),
                            Summary.number(reply.totalMs())));
        }
        return table.append("</table>\n").toString();
    }

    private static String style(Reply reply) {
        if (reply.isRight() == null) {
            return "";
        }
        return reply.isRight() ? " class=\"right\"" : " class=\"wrong\"";
    }
}
