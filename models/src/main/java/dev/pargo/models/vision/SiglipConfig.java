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
                Tower.tableGrid(checkpoint, ClipTensors.POSITIONS, 0, imageSize / patchSize),
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
        ParameterList list = new ParameterList();
        ClipTensors.addEmbeddings(list, tableRows(), patchSize, hidden);
        list.bias("patch", ClipTensors.EMBEDDINGS + "patch_embedding", hidden);
        ClipTensors.addBlocks(list, features.blocks(), hidden, mlpHidden);
        if (postNorm) {
            list.norm("post_norm", "vision_model.post_layernorm", hidden);
        }
        return list.toList();
    }

    /** Ignores blocks after the last that is run, the layers after the blocks, and the text tower of a complete SigLIP. */
    @Override
    public boolean ignores(String tensor) {
        return ClipTensors.ignores(tensor, features.blocks())
                || tensor.startsWith("vision_model.head.")
                || tensor.equals("logit_bias");
    }

    @Override
    public String program() {
        return "vit";
    }

    @Override
    public void addTo(Arguments arguments, PtNDManager manager, Placement placement) {
        Tower.addTo(arguments, this, heads, eps, activation, features, placement);
    }
}
