package dev.pargo.gateway.pipeline;

import org.jspecify.annotations.Nullable;

/**
 * What is known of a stage: its description, or why there is none.
 *
 * @param description what the stage said of itself; null while it is away
 * @param problem     why there is no description, a clause such as "does not answer"; null with a description
 */
record StageStatus<D>(@Nullable D description, @Nullable String problem) {

    static <D> StageStatus<D> described(D description) {
        return new StageStatus<>(description, null);
    }

    static <D> StageStatus<D> away(String problem) {
        return new StageStatus<>(null, problem);
    }
}
