package dev.pargo.models.weights;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The settings in {@code adapter_config.json} that determine how an adapter's matrices change a network.
 *
 * @param ranks            r by module; absent if it follows from the matrices
 * @param alphas           {@code lora_alpha} by module
 * @param isRankStabilised whether updates are divided by the root of r (rsLoRA)
 * @param initialisation   the part that is subtracted from the base first
 * @param isDecomposed     whether rows have trained lengths (DoRA); absent if it follows from the tensors
 */
record LoraSettings(
        @Nullable Patterned ranks,
        Patterned alphas,
        boolean isRankStabilised,
        LoraInitialisation initialisation,
        @Nullable Boolean isDecomposed) {

    /**
     * Fields that are read here, or that do not affect the merged weights: how the adapter was trained, which modules
     * were chosen (which follows from the tensors), and which programs wrote it. Any other field must be off.
     */
    private static final Set<String> KNOWN = Set.of(
            "peft_type",
            "r",
            "lora_alpha",
            "rank_pattern",
            "alpha_pattern",
            "use_rslora",
            "use_dora",
            "init_lora_weights",
            "modules_to_save",
            "eva_config",
            "lora_dropout",
            "target_modules",
            "exclude_modules",
            "layers_to_transform",
            "layers_pattern",
            "qalora_group_size",
            "megatron_core",
            "ensure_weight_tying",
            "runtime_config",
            "task_type",
            "inference_mode",
            "base_model_name_or_path",
            "revision",
            "auto_mapping",
            "peft_version");

    /** Plain LoRA with no settings except alpha. */
    static LoraSettings plain(double alpha) {
        return new LoraSettings(null, Patterned.of(alpha), false, LoraInitialisation.NONE, null);
    }

    /** @throws CheckpointException if the adapter is of another type, or a setting is not supported */
    static LoraSettings read(Path configuration, JsonNode json) {
        String type = json.path("peft_type").asString("LORA");
        if (!type.equals("LORA")) {
            throw new CheckpointException(configuration, "peft_type is %s; only LORA can be merged".formatted(type));
        }
        LoraInitialisation initialisation = LoraInitialisation.of(configuration, json.path("init_lora_weights"));
        for (Map.Entry<String, JsonNode> field : json.properties()) {
            if (!KNOWN.contains(field.getKey()) && !isOff(field.getValue())) {
                throw new CheckpointException(configuration, field.getKey() + " is not supported");
            }
        }
        return new LoraSettings(
                Patterned.read(configuration, json, "r", "rank_pattern"),
                Patterned.read(configuration, json, "lora_alpha", "alpha_pattern"),
                !isOff(json.path("use_rslora")),
                initialisation,
                !isOff(json.path("use_dora")));
    }

    private static boolean isOff(JsonNode value) {
        return value.isMissingNode()
                || value.isNull()
                || value.isContainer() && value.isEmpty()
                || value.isString() && value.asString().equals("none")
                || value.isBoolean() && !value.asBoolean();
    }

    /**
     * The update of one module.
     *
     * @param module    its name in the adapter
     * @param magnitude lengths of the rows; absent without DoRA
     * @throws CheckpointException if the tensors do not fit each other or the settings
     */
    LoraAdapter.Delta delta(String module, StoredTensor a, StoredTensor b, @Nullable StoredTensor magnitude) {
        LoraAdapter.Delta.requireFit(a, b, magnitude);
        long rank = a.shape()[0];
        if (ranks != null && ranks.of(module) != rank) {
            throw new CheckpointException(
                    a.file(),
                    "%s has r %d; its adapter_config.json says %.0f".formatted(a.name(), rank, ranks.of(module)));
        }
        if (isDecomposed != null && isDecomposed != (magnitude != null)) {
            throw new CheckpointException(
                    a.file(),
                    isDecomposed
                            ? "use_dora is true, but %s has no lora_magnitude_vector".formatted(module)
                            : "use_dora is not true, but %s has a lora_magnitude_vector".formatted(module));
        }
        double scale = alphas.of(module) / (isRankStabilised ? Math.sqrt(rank) : rank);
        return new LoraAdapter.Delta(a, b, magnitude, scale, initialisation);
    }
}
