package dev.pargo.models.weights;

import java.nio.file.Path;
import tools.jackson.databind.JsonNode;

/**
 * The part that PEFT subtracts from the base's matrices before training, and again whenever it loads the adapter. The
 * order is that of {@code initialisation} in weights.py.
 */
enum LoraInitialisation {
    /** Nothing: the base is not changed. */
    NONE,
    /** The r largest singular values. */
    PISSA,
    /** The projection onto the first r columns, times the adapter's scale. */
    OLORA;

    /** @throws CheckpointException if it is unknown, or cannot be repeated from the matrices alone */
    static LoraInitialisation of(Path configuration, JsonNode value) {
        if (value.isMissingNode() || value.isNull() || value.isBoolean()) {
            return NONE;
        }
        String name = value.asString("");
        return switch (name) {
            case "gaussian", "orthogonal", "eva" -> NONE;
            case "pissa" -> PISSA;
            case "olora" -> OLORA;
            default ->
                throw new CheckpointException(
                        configuration,
                        ("init_lora_weights is '%s', which is not supported: gaussian, orthogonal, eva, pissa and olora"
                                        + " are; PEFT's save_pretrained converts others to plain LoRA"
                                        + " (path_initial_model_for_weight_conversion)")
                                .formatted(name));
        };
    }
}
