package dev.pargo.evaluation.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Pages that need nothing but themselves: style and plots are inside. */
public final class Html {

    private Html() {}

    /** Makes any text a part of a page, shown as it is. */
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
