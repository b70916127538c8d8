package dev.pargo.gateway.inference;

import dev.pargo.gateway.pipeline.StageKind;

/** A stage answered with other weights than it described: it has been replaced since. */
final class StaleDescriptionException extends Exception {

    private final StageKind stage;

    StaleDescriptionException(StageKind stage) {
        super(stage.title() + " has changed", null, false, false);
        this.stage = stage;
    }

    StageKind stage() {
        return stage;
    }

    /** Throws if the weights that made an answer are not those that were described. */
    static void check(StageKind stage, String described, String producer) throws StaleDescriptionException {
        if (!described.equals(producer)) {
            throw new StaleDescriptionException(stage);
        }
    }
}
