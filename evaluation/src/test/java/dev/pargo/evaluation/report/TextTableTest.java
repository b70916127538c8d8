package dev.pargo.evaluation.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TextTableTest {

    private final TextTable table =
            new TextTable(List.of("name", "ms")).row(List.of("a|b <c>", "1.5")).row(List.of("d", "10.25"));

    @Test
    void alignsNumbersToTheRight() {
        assertThat(table.toString().lines()).containsExactly("name        ms", "a|b <c>    1.5", "d        10.25");
    }

    @Test
    void escapesInMarkdownAndHtml() {
        assertThat(table.toMarkdown()).contains("| name | ms |", "|---|---:|", "| a\\|b \\<c\\> | 1.5 |");
        assertThat(table.toHtml()).contains("<td>a|b &lt;c&gt;</td><td class=\"number\">1.5</td>");
    }
}
