package dev.pargo.evaluation.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Self-contained pages: style and plots are inside. */
public final class Html {

    private Html() {}

    /** Escapes text, so that a page shows it literally. */
    public static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    /**
     * A whole page.
     *
     * @param title plain text
     * @param body  HTML
     */
    public static String page(String title, String body) {
        return resource("page.html")
                .replace("{{title}}", escape(title))
                .replace("{{style}}", resource("page.css"))
                .replace("{{body}}", body);
    }

    private static String resource(String name) {
        try (InputStream in = Objects.requireNonNull(Html.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
