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
 * Dimensions of InternViT in the naming of transformers' {@code internvl_vision}: a CLS token, a learned scale on each residual
 * branch (layer scale), and in the largest models RMS norms, also on queries and keys.
 *
 * @param hidden        width of the tower
 * @param mlpHidden     width between the two layers of a block's MLP
 * @param eps           epsilon of every norm in the tower
 * @param rmsNorm       whether the blocks' norms are RMS norms; otherwise layer norms
 * @param attentionBias whether queries, keys and values have a bias
 * @param qkNorm        whether queries and keys are normalised, each over all heads together
 * @param features      hidden states that are the output
 * @param postNorm      whether a layer norm follows the last block
 */
public record InternVitConfig(
        int imageSize,
        int patchSize,
        int hidden,
        int heads,
        int mlpHidden,
        Activation activation,
        double eps,
        boolean rmsNorm,
        boolean attentionBias,
        boolean qkNorm,
        int tableGrid,
        FeatureSelection features,
        boolean postNorm)
        implements SquareTower {

    private static final String POSITIONS = "embeddings.position_embeddings";
    private static final String LAYERS = "encoder.layer.";

    public InternVitConfig {
        Tower.check(imageSize, patchSize, hidden, heads);
    }

    /**
     * Reads a published {@code vision_config}. Defaults are those of {@code InternVLVisionConfig} in transformers.
     *
     * @param featureLayer hidden state that is the output; -1 is the tower's own output
     * @param dropsCls     whether CLS is left out of the features
     * @param checkpoint   holds the tower's tensors, without prefix
     */
    public static InternVitConfig read(JsonConfig section, int featureLayer, boolean dropsCls, Checkpoint checkpoint) {
        int blocks = section.size("num_hidden_layers", 24);
        int imageSize = square(section, "image_size", 448);
        int patchSize = square(section, "patch_size", 14);
        String norm = section.string("norm_type", "layer_norm");
        if (!norm.equals("layer_norm") && !norm.equals("rms_norm")) {
            throw section.unknown("norm_type", norm, "layer_norm, rms_norm");
        }
        if (!section.flag("use_absolute_position_embeddings", true)) {
            throw section.problem("use_absolute_position_embeddings is false");
        }
        return section.make(() -> new InternVitConfig(
                imageSize,
                patchSize,
                section.size("hidden_size", 1024),
                section.size("num_attention_heads", 16),
                section.size("intermediate_size", 4096),
                Activation.read(section, "hidden_act", Activation.GELU),
                section.number("layer_norm_eps", 1e-6),
                norm.equals("rms_norm"),
                section.flag("attention_bias", false),
                section.flag("use_qk_norm", false),
                Tower.tableGrid(checkpoint, POSITIONS, imageSize / patchSize),
                FeatureSelection.of(section, blocks, List.of(featureLayer), dropsCls),
                featureLayer == -1 && !section.flag("use_mean_pooling", true)));
    }

    /** The side of a square, written as one number or as height and width. */
    private static int square(JsonConfig section, String field, int otherwise) {
        List<Integer> sides = section.has(field) ? section.integers(field) : List.of(otherwise);
        if (sides.stream().distinct().count() != 1 || sides.get(0) < 1) {
            throw section.problem("%s is %s, which is no square".formatted(field, sides));
        }
        return sides.get(0);
    }

    @Override
    public String network() {
        return "intern-vit";
    }

    @Override
    public int width() {
        return hidden * features.states().size();
    }

    @Override
    public int tokens() {
        return grid() * grid() + (features.dropsFirst() ? 0 : 1);
    }

    @Override
    public List<ParameterSpec> parameters() {
        ParameterList list = new ParameterList()
                .tensor("cls", "embeddings.cls_token", new long[] {1, 1, hidden})
                .tensor("positions", POSITIONS, new long[] {1, tableRows(), hidden})
                .tensor("patch.weight", "embeddings.patch_embeddings.projection.weight", new long[] {
                    hidden, 3, patchSize, patchSize
                })
                .bias("patch", "embeddings.patch_embeddings.projection", hidden);
        for (int i = 0; i < features.blocks(); i++) {
            block(list, "blocks." + i, LAYERS + i);
        }
        if (postNorm) {
            list.norm("post_norm", "layernorm", hidden);
        }
        return list.toList();
    }

    private void block(ParameterList list, String role, String layer) {
        norm(list, role + ".norm1", layer + ".layernorm_before");
        for (String part : List.of("q", "k", "v")) {
            String published = layer + ".attention." + part + "_proj";
            list.matrix(role + ".attention." + part, published, hidden, hidden);
            if (attentionBias) {
                list.bias(role + ".attention." + part, published, hidden);
            }
        }
        if (qkNorm) {
            list.scale(role + ".attention.q_norm", layer + ".attention.q_norm", hidden)
                    .scale(role + ".attention.k_norm", layer + ".attention.k_norm", hidden);
        }
        list.linear(role + ".attention.out", layer + ".attention.projection_layer", hidden, hidden)
                .tensor(role + ".scale1", layer + ".lambda_1", new long[] {hidden})
                .tensor(role + ".scale2", layer + ".lambda_2", new long[] {hidden});
        norm(list, role + ".norm2", layer + ".layernorm_after");
        list.linear(role + ".up", layer + ".mlp.fc1", mlpHidden, hidden)
                .linear(role + ".down", layer + ".mlp.fc2", hidden, mlpHidden);
    }

    private void norm(ParameterList list, String role, String published) {
        if (rmsNorm) {
            list.scale(role, published, hidden);
        } else {
            list.norm(role, published, hidden);
        }
    }

    @Override
    public boolean ignores(String tensor) {
        return Tower.isBehind(tensor, LAYERS, features.blocks())
                || tensor.startsWith("layernorm.")
                || tensor.equals("embeddings.mask_token");
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
