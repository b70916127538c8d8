package dev.pargo.evaluation.report;

/** Text inside of Markdown. */
public final class Markdown {

    private Markdown() {}

    /** Makes any text a part of one table cell, shown as it is. */
    public static String escape(String text) {
        return text.replaceAll("([\\\\`*_\\[\\]<>|#])", "\\\\$1").replaceAll("\\s*\\R\\s*", " ");
    }
}
