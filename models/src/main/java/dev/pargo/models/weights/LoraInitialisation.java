package dev.pargo.models.weights;

import java.nio.file.Path;
import tools.jackson.databind.JsonNode;

/**
 * What PEFT takes out of the base's matrices before it trains, and again whenever it loads the adapter. The order is that
 * of {@code initialisation} in weights.py.
 */
enum LoraInitialisation {
    /** Nothing: the base stays as it is. */
    NONE,
    /** The r largest singular values. */
    PISSA,
    /** The projection onto the first r columns, times the adapter's scale. */
    OLORA;

    /** @throws CheckpointException if it is one that cannot be repeated from the matrices alone, or is not known */
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
