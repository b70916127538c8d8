package dev.pargo.evaluation.report;

import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/**
 * A plot of lines as SVG: named positions on the horizontal axis, numbers from 0 on the vertical one.
 *
 * @param title  what is shown, with its unit
 * @param xLabel name of the horizontal axis
 * @param xs     names of the positions
 * @param series the lines; each has a value for every position
 */
public record LineChart(String title, String xLabel, List<String> xs, List<Series> series) {

    private static final int WIDTH = 560;
    private static final int HEIGHT = 290;
    private static final int LEFT = 60;
    private static final int RIGHT = 20;
    private static final int TOP = 40;
    private static final int BOTTOM = 52;
    private static final int LEGEND_ROW = 18;

    /** One line. */
    public record Series(String name, List<Double> values) {}

    /** The plot as an element for a page made by {@link Html#page}. */
    public String toSvg() {
        StringBuilder svg = new StringBuilder(
                "<svg viewBox=\"0 0 %d %d\" role=\"img\">".formatted(WIDTH, HEIGHT + LEGEND_ROW * series.size()));
        svg.append("<title>%s</title>".formatted(Html.escape(title)));
        svg.append(text(LEFT, 20, "heading", title));
        double step = step();
        double top = step * Math.max(1, Math.ceil(max() / step));
        for (double tick = 0; tick <= top + step / 2; tick += step) {
            svg.append("<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%s\" y2=\"%s\"/>"
                    .formatted(LEFT, WIDTH - RIGHT, y(tick, top), y(tick, top)));
            svg.append(text(LEFT - 8, Double.parseDouble(y(tick, top)) + 4, "end", number(tick)));
        }
        for (int i = 0; i < xs.size(); i++) {
            svg.append(text(x(i), HEIGHT - BOTTOM + 18, "middle", xs.get(i)));
        }
        svg.append(text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - BOTTOM + 38, "middle", xLabel));
        for (int i = 0; i < series.size(); i++) {
            svg.append(line(series.get(i), i, top));
        }
        return svg.append("</svg>\n").toString();
    }

    private String line(Series one, int index, double top) {
        StringJoiner points = new StringJoiner(" ");
        StringBuilder dots = new StringBuilder();
        for (int i = 0; i < xs.size(); i++) {
            String x = "%.1f".formatted(x(i));
            String y = y(one.values().get(i), top);
            points.add(x + "," + y);
            dots.append("<circle cx=\"%s\" cy=\"%s\" r=\"4\"><title>%s, %s: %s</title></circle>"
                    .formatted(
                            x,
                            y,
                            Html.escape(one.name()),
                            Html.escape(xs.get(i)),
                            number(one.values().get(i))));
        }
        int legend = HEIGHT + LEGEND_ROW * index;
        return "<g class=\"s%d\"><polyline points=\"%s\"/>%s<rect x=\"%d\" y=\"%d\" width=\"14\" height=\"4\"/>%s</g>"
                .formatted(index % 6, points, dots, LEFT, legend, text(LEFT + 20, legend + 6, "start", one.name()));
    }

    private double max() {
        return series.stream()
                .flatMap(one -> one.values().stream())
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(0);
    }

    /** A distance of 1, 2 or 5 times a power of ten that makes about five lines. */
    private double step() {
        double raw = Math.max(max(), 1e-9) / 5;
        double power = Math.pow(10, Math.floor(Math.log10(raw)));
        for (int factor : new int[] {1, 2, 5}) {
            if (raw <= factor * power) {
                return factor * power;
            }
        }
        return 10 * power;
    }

    private double x(int position) {
        double room = WIDTH - LEFT - RIGHT;
        return LEFT + room * (position + 0.5) / xs.size();
    }

    private static String y(double value, double top) {
        return String.format(Locale.ROOT, "%.1f", HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value == Math.rint(value) ? "%.0f" : "%.4g", value);
    }

    private static String text(double x, double y, String style, String content) {
        return String.format(
                Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">%s</text>", x, y, style, Html.escape(content));
    }
}
