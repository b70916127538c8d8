package dev.pargo.models.vision;

import dev.pargo.models.weights.ParameterSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * Dimensions of an EVA-02-CLIP vision tower.
 *
 * @param imageSize      side of the input in pixels
 * @param patchSize      side of a patch in pixels; divides {@code imageSize}
 * @param width          of the residual stream
 * @param heads          divides {@code width} into heads of a multiple of 4
 * @param mlpHidden      width of the SwiGLU
 * @param pretrainedGrid side in patches of the grid that rotary positions are scaled to
 * @param eps            of every layer norm in the tower
 */
public record Eva02Config(
        int imageSize, int patchSize, int width, int layers, int heads, int mlpHidden, int pretrainedGrid, double eps) {

    public int grid() {
        return imageSize / patchSize;
    }

    /** Patches of one image, CLS not counted. */
    public int tokens() {
        return grid() * grid();
    }

    /** The tensors of the tower by their published names, without the checkpoint's prefix. */
    public List<ParameterSpec> parameters() {
        List<ParameterSpec> specs = new ArrayList<>();
        specs.add(new ParameterSpec("cls_token", 1, 1, width));
        specs.add(new ParameterSpec("pos_embed", 1, tokens() + 1, width));
        specs.add(new ParameterSpec("patch_embed.proj.weight", width, 3, patchSize, patchSize));
        specs.add(new ParameterSpec("patch_embed.proj.bias", width));
        for (int i = 0; i < layers; i++) {
            String block = "blocks." + i;
            norm(specs, block + ".norm1", width);
            specs.add(new ParameterSpec(block + ".attn.q_bias", width));
            specs.add(new ParameterSpec(block + ".attn.v_bias", width));
            for (String projection : List.of("q_proj", "k_proj", "v_proj")) {
                specs.add(new ParameterSpec(block + ".attn." + projection + ".weight", width, width));
            }
            norm(specs, block + ".attn.inner_attn_ln", width);
            linear(specs, block + ".attn.proj", width, width);
            norm(specs, block + ".norm2", width);
            linear(specs, block + ".mlp.w1", mlpHidden, width);
            linear(specs, block + ".mlp.w2", mlpHidden, width);
            norm(specs, block + ".mlp.ffn_ln", mlpHidden);
            linear(specs, block + ".mlp.w3", width, mlpHidden);
        }
        return specs;
    }

    /** Tensors of a published tower that are not used: the final norm, the head, and tables that are computed here. */
    static boolean isUnused(String name) {
        return name.startsWith("norm.") || name.startsWith("head.") || name.contains("rope.freqs_");
    }

    private static void norm(List<ParameterSpec> specs, String name, int width) {
        specs.add(new ParameterSpec(name + ".weight", width));
        specs.add(new ParameterSpec(name + ".bias", width));
    }

    private static void linear(List<ParameterSpec> specs, String name, int out, int in) {
        specs.add(new ParameterSpec(name + ".weight", out, in));
        specs.add(new ParameterSpec(name + ".bias", out));
    }
}
