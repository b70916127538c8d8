package dev.pargo.models.vision;

import ai.djl.pytorch.engine.PtNDManager;
import dev.pargo.models.config.JsonConfig;
import dev.pargo.models.torch.Arguments;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.torch.Precision;
import dev.pargo.models.weights.Checkpoint;
import dev.pargo.models.weights.ParameterList;
import dev.pargo.models.weights.ParameterSpec;
import java.util.List;

/**
 * Dimensions of an EVA-02-CLIP vision tower. The features are the raw output of the last block; the norm that ParGo applies to
 * them is trained with the projector and belongs to it.
 *
 * @param heads          number of heads; {@code width / heads} is a multiple of 4
 * @param mlpHidden      hidden width of the SwiGLU MLP
 * @param pretrainedGrid side in patches of the grid that rotary positions are scaled to
 * @param eps            epsilon of every layer norm in the tower
 */
public record Eva02Config(
        int imageSize,
        int patchSize,
        int width,
        int layers,
        int heads,
        int mlpHidden,
        int pretrainedGrid,
        double eps,
        int tableGrid)
        implements SquareTower {

    private static final String POSITIONS = "pos_embed";

    public Eva02Config {
        Tower.check(imageSize, patchSize, width, heads);
        if (width / heads % 4 != 0) {
            throw new IllegalArgumentException(
                    "heads of width %d are not a multiple of 4 wide".formatted(width / heads));
        }
    }

    /** A tower whose position table has the image's own grid. */
    public Eva02Config(
            int imageSize,
            int patchSize,
            int width,
            int layers,
            int heads,
            int mlpHidden,
            int pretrainedGrid,
            double eps) {
        this(imageSize, patchSize, width, layers, heads, mlpHidden, pretrainedGrid, eps, imageSize / patchSize);
    }

    /**
     * Reads a manifest's section. Defaults are those of EVA02-CLIP-L-14-336.
     *
     * @param checkpoint holds the tower's tensors, without prefix
     */
    public static Eva02Config read(JsonConfig section, int imageSize, int patchSize, Checkpoint checkpoint) {
        int width = section.size("width", 1024);
        int mlpHidden = section.size("mlp_hidden", (int) (width * section.number("mlp_ratio", 2.6667)));
        return section.make(() -> new Eva02Config(
                imageSize,
                patchSize,
                width,
                section.size("layers", 24),
                width / section.size("head_width", 64),
                mlpHidden,
                section.size("pt_hw_seq_len", 16),
                section.number("layer_norm_eps", 1e-6),
                Tower.tableGrid(checkpoint, POSITIONS, imageSize / patchSize)));
    }

    @Override
    public String network() {
        return "eva02-clip";
    }

    @Override
    public List<ParameterSpec> parameters() {
        ParameterList list = new ParameterList()
                .tensor("cls_token", 1, 1, width)
                .tensor(POSITIONS, 1, tableRows(), width)
                .tensor("patch_embed.proj.weight", width, 3, patchSize, patchSize)
                .tensor("patch_embed.proj.bias", width);
        for (int i = 0; i < layers; i++) {
            String block = "blocks." + i;
            list.norm(block + ".norm1", width)
                    .tensor(block + ".attn.q_bias", width)
                    .tensor(block + ".attn.v_bias", width)
                    .matrix(block + ".attn.q_proj", width, width)
                    .matrix(block + ".attn.k_proj", width, width)
                    .matrix(block + ".attn.v_proj", width, width)
                    .norm(block + ".attn.inner_attn_ln", width)
                    .linear(block + ".attn.proj", width, width)
                    .norm(block + ".norm2", width)
                    .linear(block + ".mlp.w1", mlpHidden, width)
                    .linear(block + ".mlp.w2", mlpHidden, width)
                    .norm(block + ".mlp.ffn_ln", mlpHidden)
                    .linear(block + ".mlp.w3", width, mlpHidden);
        }
        return list.toList();
    }

    /** The final norm and the head are not used; the rotary tables are computed here. */
    @Override
    public boolean ignores(String tensor) {
        return tensor.startsWith("norm.") || tensor.startsWith("head.") || tensor.contains("rope.freqs_");
    }

    @Override
    public String program() {
        return "eva02";
    }

    @Override
    public void addTo(Arguments arguments, PtNDManager manager, Placement placement) {
        arguments
                .add(patchSize)
                .add(grid())
                .add(pretrainedGrid)
                .add(layers)
                .add(heads)
                .add(eps)
                .add(placement.precision() == Precision.INT8);
    }
}
