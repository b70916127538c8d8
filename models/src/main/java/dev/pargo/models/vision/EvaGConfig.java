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
 * Dimensions of EVA's ViT-g as BLIP-2 uses it (LAVIS, {@code create_eva_vit_g}): the first 39 of the published 40 blocks, a bias
 * on queries and values, and exact GELU. The features are the raw output of the last block.
 *
 * @param layers    number of blocks that are run; a checkpoint may hold more
 * @param mlpHidden width between the two layers of a block's MLP
 * @param eps       epsilon of every layer norm in the tower
 */
public record EvaGConfig(
        int imageSize, int patchSize, int width, int layers, int heads, int mlpHidden, double eps, int tableGrid)
        implements SquareTower {

    private static final String POSITIONS = "pos_embed";

    public EvaGConfig {
        Tower.check(imageSize, patchSize, width, heads);
    }

    /**
     * Reads a manifest's section. Defaults are those of BLIP-2.
     *
     * @param checkpoint holds the tower's tensors, without prefix
     */
    public static EvaGConfig read(JsonConfig section, int imageSize, int patchSize, Checkpoint checkpoint) {
        int width = section.size("width", 1408);
        int mlpHidden = section.size("mlp_hidden", (int) (width * section.number("mlp_ratio", 4.3637)));
        return section.make(() -> new EvaGConfig(
                imageSize,
                patchSize,
                width,
                section.size("layers", 39),
                width / section.size("head_width", 88),
                mlpHidden,
                section.number("layer_norm_eps", 1e-6),
                Tower.tableGrid(checkpoint, POSITIONS, imageSize / patchSize)));
    }

    @Override
    public String network() {
        return "eva-g";
    }

    @Override
    public List<ParameterSpec> parameters() {
        ParameterList list = new ParameterList()
                .tensor("cls", "cls_token", new long[] {1, 1, width})
                .tensor("positions", POSITIONS, new long[] {1, tableRows(), width})
                .tensor("patch.weight", "patch_embed.proj.weight", new long[] {width, 3, patchSize, patchSize})
                .bias("patch", "patch_embed.proj", width);
        for (int i = 0; i < layers; i++) {
            String block = "blocks." + i;
            list.norm(block + ".norm1", width)
                    .tensor(block + ".attention.q_bias", block + ".attn.q_bias", new long[] {width})
                    .tensor(block + ".attention.v_bias", block + ".attn.v_bias", new long[] {width})
                    .matrix(block + ".attention.qkv", block + ".attn.qkv", 3L * width, width)
                    .linear(block + ".attention.out", block + ".attn.proj", width, width)
                    .norm(block + ".norm2", width)
                    .linear(block + ".up", block + ".mlp.fc1", mlpHidden, width)
                    .linear(block + ".down", block + ".mlp.fc2", width, mlpHidden);
        }
        return list.toList();
    }

    /** Ignores blocks after the last that is run, and the norm and head of the published classifier. */
    @Override
    public boolean ignores(String tensor) {
        return Tower.isBehind(tensor, "blocks.", layers)
                || tensor.startsWith("norm.")
                || tensor.startsWith("fc_norm.")
                || tensor.startsWith("head.");
    }

    @Override
    public String program() {
        return "vit";
    }

    @Override
    public void addTo(Arguments arguments, PtNDManager manager, Placement placement) {
        Tower.addTo(arguments, this, heads, eps, Activation.GELU, FeatureSelection.patches(layers), placement);
    }
}
