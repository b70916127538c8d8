package dev.pargo.gateway.pipeline;

import java.util.Locale;

/** The parts of a pipeline, in the order a request passes them. */
public enum StageKind {
    ENCODER,
    PROJECTOR,
    LLM;

    /** The name in messages, metrics and health details. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
