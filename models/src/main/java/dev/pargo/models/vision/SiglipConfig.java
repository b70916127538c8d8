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
 * Dimensions of SigLIP's vision tower in Hugging Face's naming, also Idefics3's and SmolVLM's: a patch embedding with a bias, and
 * no CLS token.
 *
 * @param hidden    width of the tower
 * @param mlpHidden width between the two layers of a block's MLP
 * @param eps       epsilon of every layer norm in the tower
 * @param features  hidden states that are the output
 * @param postNorm  whether the norm after the last block is applied to the features
 */
public record SiglipConfig(
        int imageSize,
        int patchSize,
        int hidden,
        int heads,
        int mlpHidden,
        Activation activation,
        double eps,
        int tableGrid,
        FeatureSelection features,
        boolean postNorm)
        implements SquareTower {

    private static final String EMBEDDINGS = "vision_model.embeddings.";
    private static final String POSITIONS = EMBEDDINGS + "position_embedding.weight";
    private static final String LAYERS = "vision_model.encoder.layers.";

    /** What a configuration may leave out, where the classes in transformers differ. */
    private record Defaults(int hidden, int heads, int patchSize) {

        static final Defaults SIGLIP = new Defaults(768, 12, 16);
        static final Defaults IDEFICS3 = new Defaults(1152, 16, 32);
    }

    public SiglipConfig {
        Tower.check(imageSize, patchSize, hidden, heads);
    }

    /**
     * Reads a published {@code vision_config} for a tower whose features are hidden states. Defaults are those of {@code
     * SiglipVisionConfig} in transformers.
     *
     * @param featureLayers 0 is the blocks' input, -1 the last block's output, before the norm
     * @param dropsFirst    whether the first patch is left out, as in models that expect CLS there
     * @param checkpoint    holds the tower's tensors, named {@code vision_model.}
     */
    public static SiglipConfig read(
            JsonConfig section, List<Integer> featureLayers, boolean dropsFirst, Checkpoint checkpoint) {
        int blocks = section.size("num_hidden_layers", 12);
        FeatureSelection features = FeatureSelection.of(section, blocks, featureLayers, dropsFirst);
        return read(section, Defaults.SIGLIP, features, false, checkpoint);
    }

    /** Reads a published {@code vision_config} for a tower that runs all blocks and the norm after them. */
    public static SiglipConfig readNormed(JsonConfig section, Checkpoint checkpoint) {
        return readNormed(section, Defaults.SIGLIP, checkpoint);
    }

    /** The same for Idefics3 and SmolVLM. Defaults are those of {@code Idefics3VisionConfig}. */
    public static SiglipConfig readIdefics3(JsonConfig section, Checkpoint checkpoint) {
        return readNormed(section, Defaults.IDEFICS3, checkpoint);
    }

    private static SiglipConfig readNormed(JsonConfig section, Defaults defaults, Checkpoint checkpoint) {
        int blocks = section.size("num_hidden_layers", 12);
        return read(section, defaults, new FeatureSelection(List.of(blocks), false), true, checkpoint);
    }

    private static SiglipConfig read(
            JsonConfig section, Defaults defaults, FeatureSelection features, boolean postNorm, Checkpoint checkpoint) {
        int imageSize = section.size("image_size", 224);
        int patchSize = section.size("patch_size", defaults.patchSize);
        return section.make(() -> new SiglipConfig(
                imageSize,
                patchSize,
                section.size("hidden_size", defaults.hidden),
                section.size("num_attention_heads", defaults.heads),
                section.size("intermediate_size", 3072),
                Activation.read(section, "hidden_act", Activation.GELU_TANH),
                section.number("layer_norm_eps", 1e-6),
                Tower.tableGrid(checkpoint, POSITIONS, 0, imageSize / patchSize),
                features,
                postNorm));
    }

    @Override
    public String network() {
        return "siglip";
    }

    @Override
    public int width() {
        return hidden * features.states().size();
    }

    @Override
    public int tokens() {
        return grid() * grid() - (features.dropsFirst() ? 1 : 0);
    }

    @Override
    public int tableRows() {
        return tableGrid * tableGrid;
    }

    @Override
    public List<ParameterSpec> parameters() {
        ParameterList list = new ParameterList()
                .tensor("positions", POSITIONS, new long[] {tableRows(), hidden})
                .tensor("patch.weight", EMBEDDINGS + "patch_embedding.weight", new long[] {
                    hidden, 3, patchSize, patchSize
                })
                .bias("patch", EMBEDDINGS + "patch_embedding", hidden);
        for (int i = 0; i < features.blocks(); i++) {
            String role = "blocks." + i;
            String layer = LAYERS + i;
            list.norm(role + ".norm1", layer + ".layer_norm1", hidden)
                    .linear(role + ".attention.q", layer + ".self_attn.q_proj", hidden, hidden)
                    .linear(role + ".attention.k", layer + ".self_attn.k_proj", hidden, hidden)
                    .linear(role + ".attention.v", layer + ".self_attn.v_proj", hidden, hidden)
                    .linear(role + ".attention.out", layer + ".self_attn.out_proj", hidden, hidden)
                    .norm(role + ".norm2", layer + ".layer_norm2", hidden)
                    .linear(role + ".up", layer + ".mlp.fc1", mlpHidden, hidden)
                    .linear(role + ".down", layer + ".mlp.fc2", hidden, mlpHidden);
        }
        if (postNorm) {
            list.norm("post_norm", "vision_model.post_layernorm", hidden);
        }
        return list.toList();
    }

    /** Ignores blocks after the last that is run, the layers after the blocks, and the text tower of a complete SigLIP. */
    @Override
    public boolean ignores(String tensor) {
        return Tower.isBehind(tensor, LAYERS, features.blocks())
                || tensor.startsWith("vision_model.post_layernorm.")
                || tensor.startsWith("vision_model.head.")
                || tensor.equals(EMBEDDINGS + "position_ids")
                || tensor.startsWith("text_model.")
                || tensor.equals("logit_scale")
                || tensor.equals("logit_bias");
    }

    @Override
    public String program() {
        return "vit";
    }

    @Override
    public void addTo(Arguments arguments, PtNDManager manager, Placement placement) {
        Tower.addTo(arguments, this, heads, eps, activation, features);
    }
}
