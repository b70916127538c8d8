package dev.pargo.evaluation.report;

/** Text inside Markdown. */
public final class Markdown {

    private Markdown() {}

    /** Escapes text, so that one table cell shows it literally. */
    public static String escape(String text) {
        return text.replaceAll("([\\\\`*_\\[\\]<>|#])", "\\\\$1").replaceAll("\\s*\\R\\s*", " ");
    }
}
