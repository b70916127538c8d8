package dev.pargo.models.projector;

import dev.pargo.models.weights.ParameterSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Dimensions of a ParGo projector.
 *
 * @param queries       partial and global tokens together: the visual tokens of one image
 * @param partial       partial tokens, first among the queries; 0 makes an ordinary Q-Former
 * @param patches       patch features of one image
 * @param encoderWidth  width of a patch feature
 * @param hidden        width of the projector
 * @param crossEvery    layers whose number it divides have cross-attention
 * @param positions     rows of the position table; at least {@code queries}
 * @param llmWidth      width of a visual token
 * @param eps           of the projector's layer norms
 * @param radii         cascade radius of each layer, -1 for unlimited
 * @param featureNormEps of the norm on the incoming features; null if they come normalised
 */
public record ParGoConfig(
        int queries,
        int partial,
        int patches,
        int encoderWidth,
        int hidden,
        int layers,
        int heads,
        int intermediate,
        int crossEvery,
        int positions,
        int llmWidth,
        double eps,
        List<Integer> radii,
        @Nullable Double featureNormEps) {

    private static final String BERT = "ParGo.bert.";

    public ParGoConfig {
        if (radii.size() != layers) {
            throw new IllegalArgumentException("cascade has %d radii for %d layers".formatted(radii.size(), layers));
        }
        if (positions < queries) {
            throw new IllegalArgumentException("%d query tokens do not fit %d positions".formatted(queries, positions));
        }
    }

    /** The projector's tensors by their published names. */
    public List<ParameterSpec> parameters() {
        List<ParameterSpec> specs = new ArrayList<>();
        specs.add(new ParameterSpec("query_tokens", 1, queries, hidden));
        if (featureNormEps != null) {
            norm(specs, "ln_vision", encoderWidth);
        }
        specs.add(new ParameterSpec(BERT + "embeddings.position_embeddings.weight", positions, hidden));
        norm(specs, BERT + "embeddings.LayerNorm", hidden);
        for (int i = 0; i < layers; i++) {
            String layer = BERT + "encoder.layer." + i;
            attention(specs, layer + ".attention", hidden);
            if (i % crossEvery == 0) {
                attention(specs, layer + ".crossattention", encoderWidth);
            }
            linear(specs, layer + ".intermediate_query.dense", intermediate, hidden);
            linear(specs, layer + ".output_query.dense", hidden, intermediate);
            norm(specs, layer + ".output_query.LayerNorm", hidden);
        }
        linear(specs, "llm_proj", llmWidth, hidden);
        return specs;
    }

    /** Tensors of a fusion checkpoint that other stages use, and a buffer that is computed here. */
    static boolean isUnused(String name) {
        return name.startsWith("visual_encoder.")
                || name.startsWith("llm_model.")
                || name.equals(BERT + "embeddings.position_ids");
    }

    private void attention(List<ParameterSpec> specs, String name, int contextWidth) {
        linear(specs, name + ".self.query", hidden, hidden);
        linear(specs, name + ".self.key", hidden, contextWidth);
        linear(specs, name + ".self.value", hidden, contextWidth);
        linear(specs, name + ".output.dense", hidden, hidden);
        norm(specs, name + ".output.LayerNorm", hidden);
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
