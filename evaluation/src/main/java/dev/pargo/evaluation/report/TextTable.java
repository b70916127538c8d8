package dev.pargo.evaluation.report;

import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.stream.IntStream;

/** A table with aligned columns: numbers to the right, everything else to the left. */
public final class TextTable {

    private final List<List<String>> rows = new ArrayList<>();

    /**
     * @param columns names of the columns
     */
    public TextTable(List<String> columns) {
        rows.add(List.copyOf(columns));
    }

    /** Adds a row with a cell for every column. */
    public TextTable row(List<String> cells) {
        rows.add(List.copyOf(cells));
        return this;
    }

    /** The names of the columns and all rows. */
    public List<List<String>> rows() {
        return List.copyOf(rows);
    }

    /** The table as lines of text. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringJoiner line = new StringJoiner("  ");
            for (int column = 0; column < row.size(); column++) {
                line.add(cell(row.get(column), column));
            }
            text.append(line.toString().stripTrailing()).append(System.lineSeparator());
        }
        return text.toString();
    }

    /** The table in Markdown. */
    public String toMarkdown() {
        StringBuilder text = new StringBuilder();
        for (int row = 0; row < rows.size(); row++) {
            StringJoiner line = new StringJoiner(" | ", "| ", " |\n");
            rows.get(row).forEach(cell -> line.add(Markdown.escape(cell)));
            text.append(line);
            if (row == 0) {
                StringJoiner rule = new StringJoiner("|", "|", "|\n");
                IntStream.range(0, rows.get(0).size()).forEach(column -> rule.add(isNumeric(column) ? "---:" : "---"));
                text.append(rule);
            }
        }
        return text.toString();
    }

    /** The table in HTML. If it is wider than the page it can be scrolled, also with the keyboard. */
    public String toHtml() {
        StringBuilder html = new StringBuilder("<div class=\"scroll\" tabindex=\"0\">\n<table>\n");
        for (int row = 0; row < rows.size(); row++) {
            String tag = row == 0 ? "th" : "td";
            String scope = row == 0 ? " scope=\"col\"" : "";
            html.append("<tr>");
            for (int column = 0; column < rows.get(row).size(); column++) {
                html.append("<%s%s%s>%s</%s>"
                        .formatted(
                                tag,
                                scope,
                                isNumeric(column) ? " class=\"number\"" : "",
                                Html.escape(rows.get(row).get(column)),
                                tag));
            }
            html.append("</tr>\n");
        }
        return html.append("</table>\n</div>\n").toString();
    }

    private String cell(String text, int column) {
        int width =
                rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
        String padding = " ".repeat(width - text.length());
        return isNumeric(column) ? padding + text : text + padding;
    }

    private boolean isNumeric(int column) {
        return rows.stream().skip(1).allMatch(row -> row.get(column).matches("[-\\d.,%/s ]*"));
    }
}
