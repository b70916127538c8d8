package dev.pargo.gateway.pipeline;

import java.util.Locale;

/** The stages of a pipeline, in the order in which a request passes them. */
public enum StageKind {
    ENCODER("encoder"),
    PROJECTOR("projector"),
    LLM("LLM");

    private final String title;

    StageKind(String title) {
        this.title = title;
    }

    /** The name in sentences. */
    public String title() {
        return title;
    }

    /** The value of the metrics' tag {@code stage}. */
    public String tag() {
        return title.toLowerCase(Locale.ROOT);
    }
}
