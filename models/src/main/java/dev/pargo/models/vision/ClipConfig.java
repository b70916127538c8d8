package dev.pargo.models.vision;

import ai.djl.pytorch.engine.PtNDManager;
import dev.pargo.models.config.JsonConfig;
import dev.pargo.models.torch.Arguments;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.weights.Checkpoint;
import dev.pargo.models.weights.ParameterList;
import dev.pargo.models.weights.ParameterSpec;
import java.util.List;

/**
 * Dimensions of CLIP's vision tower in Hugging Face's naming, as LLaVA uses it: the features are the output of an inner
 * block, without norm.
 *
 * @param layers    blocks that are run; the checkpoint holds more
 * @param mlpHidden width between the two layers of a block's MLP
 * @param quickGelu whether the MLP has {@code x * sigmoid(1.702 x)}; otherwise the exact GELU
 * @param eps       of every layer norm in the tower
 */
public record ClipConfig(
        int imageSize,
        int patchSize,
        int width,
        int layers,
        int heads,
        int mlpHidden,
        boolean quickGelu,
        double eps,
        int tableGrid)
        implements VisionConfig {

    private static final String EMBEDDINGS = "vision_model.embeddings.";
    private static final String POSITIONS = EMBEDDINGS + "position_embedding.weight";
    private static final String LAYERS = "vision_model.encoder.layers.";

    public ClipConfig {
        Tower.check(imageSize, patchSize, width, heads);
    }

    /**
     * Reads a published {@code vision_config}; what it leaves out is as in transformers' {@code CLIPVisionConfig}.
     *
     * @param featureLayer the hidden state that is the output: 0 is the blocks' input, -1 the last block's output
     * @param checkpoint   holds the tower's tensors, named {@code vision_model.}
     */
    public static ClipConfig read(JsonConfig section, int featureLayer, Checkpoint checkpoint) {
        int blocks = section.size("num_hidden_layers", 12);
        int layers = featureLayer < 0 ? blocks + 1 + featureLayer : featureLayer;
        if (layers < 0 || layers > blocks) {
            throw section.problem(
                    "feature layer %d is none of the %d hidden states".formatted(featureLayer, blocks + 1));
        }
        int imageSize = section.size("image_size", 224);
        int patchSize = section.size("patch_size", 32);
        return section.make(() -> new ClipConfig(
                imageSize,
                patchSize,
                section.size("hidden_size", 768),
                layers,
                section.size("num_attention_heads", 12),
                section.size("intermediate_size", 3072),
                isQuickGelu(section),
                section.number("layer_norm_eps", 1e-5),
                Tower.tableGrid(checkpoint, POSITIONS, imageSize / patchSize)));
    }

    private static boolean isQuickGelu(JsonConfig section) {
        String activation = section.string("hidden_act", "quick_gelu");
        return switch (activation) {
            case "quick_gelu" -> true;
            case "gelu" -> false;
            default -> throw section.unknown("hidden_act", activation, "quick_gelu, gelu");
        };
    }

    /** The same tower for images of another size; the position table is resampled. */
    public ClipConfig withImageSize(int pixels) {
        return new ClipConfig(pixels, patchSize, width, layers, heads, mlpHidden, quickGelu, eps, tableGrid);
    }

    @Override
    public String network() {
        return "clip";
    }

    @Override
    public List<ParameterSpec> parameters() {
        ParameterList list = new ParameterList()
                .tensor("cls", EMBEDDINGS + "class_embedding", new long[] {width})
                .tensor("positions", POSITIONS, new long[] {tableRows(), width})
                .tensor("patch.weight", EMBEDDINGS + "patch_embedding.weight", new long[] {
                    width, 3, patchSize, patchSize
                })
                .norm("pre_norm", "vision_model.pre_layrnorm", width);
        for (int i = 0; i < layers; i++) {
            String role = "blocks." + i;
            String layer = LAYERS + i;
            list.norm(role + ".norm1", layer + ".layer_norm1", width)
                    .linear(role + ".attention.q", layer + ".self_attn.q_proj", width, width)
                    .linear(role + ".attention.k", layer + ".self_attn.k_proj", width, width)
                    .linear(role + ".attention.v", layer + ".self_attn.v_proj", width, width)
                    .linear(role + ".attention.out", layer + ".self_attn.out_proj", width, width)
                    .norm(role + ".norm2", layer + ".layer_norm2", width)
                    .linear(role + ".up", layer + ".mlp.fc1", mlpHidden, width)
                    .linear(role + ".down", layer + ".mlp.fc2", width, mlpHidden);
        }
        return list.toList();
    }

    /** Blocks behind the last that is run, the norm behind them, and the text tower of a whole CLIP. */
    @Override
    public boolean ignores(String tensor) {
        return Tower.isBehind(tensor, LAYERS, layers)
                || tensor.startsWith("vision_model.post_layernorm.")
                || tensor.equals(EMBEDDINGS + "position_ids")
                || tensor.startsWith("text_model.")
                || tensor.startsWith("visual_projection.")
                || tensor.startsWith("text_projection.")
                || tensor.equals("logit_scale");
    }

    @Override
    public String program() {
        return "vit";
    }

    @Override
    public void addTo(Arguments arguments, PtNDManager manager, Placement placement) {
        arguments.add(patchSize).add(grid()).add(layers).add(heads).add(eps).add(quickGelu);
    }
}
