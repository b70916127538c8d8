package dev.pargo.evaluation.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class LineChartTest {

    private final LineChart chart = new LineChart(
            "Rate <per second>",
            "load",
            List.of("1", "2"),
            List.of(new LineChart.Series("a & b", List.of(10.0, 40.0)), new LineChart.Series("c", List.of(0.0, 20.0))));

    @Test
    void isWellFormedAndHasALineForEachSeries() throws Exception {
        Document svg = parse(chart);

        assertThat(svg.getElementsByTagName("polyline").getLength()).isEqualTo(2);
        assertThat(svg.getElementsByTagName("circle").getLength()).isEqualTo(4);
        assertThat(svg.getElementsByTagName("title").item(0).getTextContent()).isEqualTo("Rate <per second>");
    }

    @Test
    void heightsAreInProportion() throws Exception {
        Document svg = parse(chart);
        double ten = y(svg, 0);
        double forty = y(svg, 1);
        double zero = y(svg, 2);
        double twenty = y(svg, 3);

        assertThat((zero - forty) / (zero - twenty)).isCloseTo(2, within(0.01));
        assertThat((zero - forty) / (zero - ten)).isCloseTo(4, within(0.02));
    }

    @Test
    void drawsNothingButZeros() throws Exception {
        LineChart flat = new LineChart("t", "x", List.of("1"), List.of(new LineChart.Series("s", List.of(0.0))));

        assertThat(parse(flat).getElementsByTagName("circle").getLength()).isEqualTo(1);
    }

    private static double y(Document svg, int circle) {
        return Double.parseDouble(((Element) svg.getElementsByTagName("circle").item(circle)).getAttribute("cy"));
    }

    private static Document parse(LineChart chart) throws Exception {
        byte[] xml = chart.toSvg().getBytes(StandardCharsets.UTF_8);
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new ByteArrayInputStream(xml));
    }
}
