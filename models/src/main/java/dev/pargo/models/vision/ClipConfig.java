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
 * Dimensions of CLIP's vision tower in Hugging Face's naming, as LLaVA uses it: the features are hidden states, without the norm
 * after the last block.
 *
 * @param hidden    width of the tower
 * @param mlpHidden width between the two layers of a block's MLP
 * @param eps       epsilon of every layer norm in the tower
 * @param features  hidden states that are the output; the last one decides how many blocks are run. The checkpoint may hold more
 *                  blocks
 */
public record ClipConfig(
        int imageSize,
        int patchSize,
        int hidden,
        int heads,
        int mlpHidden,
        Activation activation,
        double eps,
        int tableGrid,
        FeatureSelection features)
        implements SquareTower {

    public ClipConfig {
        Tower.check(imageSize, patchSize, hidden, heads);
    }

    /** A tower whose features are the patches' hidden states after the given number of blocks. */
    public ClipConfig(
            int imageSize,
            int patchSize,
            int hidden,
            int layers,
            int heads,
            int mlpHidden,
            boolean quickGelu,
            double eps,
            int tableGrid) {
        this(
                imageSize,
                patchSize,
                hidden,
                heads,
                mlpHidden,
                quickGelu ? Activation.QUICK_GELU : Activation.GELU,
                eps,
                tableGrid,
                FeatureSelection.patches(layers));
    }

    /** Reads a published {@code vision_config} for one feature layer without CLS. */
    public static ClipConfig read(JsonConfig section, int featureLayer, Checkpoint checkpoint) {
        return read(section, List.of(featureLayer), true, checkpoint);
    }

    /**
     * Reads a published {@code vision_config}. Defaults are those of {@code CLIPVisionConfig} in transformers.
     *
     * @param featureLayers hidden states that are the output: 0 is the blocks' input, -1 the last block's output
     * @param dropsCls      whether CLS is left out of the features
     * @param checkpoint    holds the tower's tensors, named {@code vision_model.}
     */
    public static ClipConfig read(
            JsonConfig section, List<Integer> featureLayers, boolean dropsCls, Checkpoint checkpoint) {
        int imageSize = section.size("image_size", 224);
        int patchSize = section.size("patch_size", 32);
        int blocks = section.size("num_hidden_layers", 12);
        return section.make(() -> new ClipConfig(
                imageSize,
                patchSize,
                section.size("hidden_size", 768),
                section.size("num_attention_heads", 12),
                section.size("intermediate_size", 3072),
                Activation.read(section, "hidden_act", Activation.QUICK_GELU),
                section.number("layer_norm_eps", 1e-5),
                Tower.tableGrid(checkpoint, ClipTensors.POSITIONS, imageSize / patchSize),
                FeatureSelection.of(section, blocks, featureLayers, dropsCls)));
    }

    /** The same tower for images of another size. The position table is resampled. */
    public ClipConfig withImageSize(int pixels) {
        return new ClipConfig(pixels, patchSize, hidden, heads, mlpHidden, activation, eps, tableGrid, features);
    }

    @Override
    public int width() {
        return hidden * features.states().size();
    }

    @Override
    public int tokens() {
        return grid() * grid() + (features.dropsFirst() ? 0 : 1);
    }

    /** Number of blocks that are run. */
    public int layers() {
        return features.blocks();
    }

    @Override
    public String network() {
        return "clip";
    }

    @Override
    public List<ParameterSpec> parameters() {
        ParameterList list =
                new ParameterList().tensor("cls", ClipTensors.EMBEDDINGS + "class_embedding", new long[] {hidden});
        ClipTensors.addEmbeddings(list, tableRows(), patchSize, hidden);
        list.norm("pre_norm", "vision_model.pre_layrnorm", hidden);
        ClipTensors.addBlocks(list, layers(), hidden, mlpHidden);
        return list.toList();
    }

    /** Ignores blocks after the last that is run, the norm after all blocks, and the text tower of a complete CLIP. */
    @Override
    public boolean ignores(String tensor) {
        return ClipTensors.ignores(tensor, layers())
                || tensor.startsWith("visual_projection.")
                || tensor.startsWith("text_projection.");
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
