package dev.pargo.models.projector;

import ai.djl.pytorch.engine.PtNDManager;
import dev.pargo.models.config.JsonConfig;
import dev.pargo.models.picture.Grid;
import dev.pargo.models.torch.Arguments;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.weights.ParameterList;
import dev.pargo.models.weights.ParameterSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Dimensions of a projector without queries: neighbouring patches are joined, followed by one or more linear layers with exact
 * GELU between them.
 *
 * @param network        the architecture's name
 * @param patches        patch features of one image; a multiple of {@code joined}
 * @param joined         consecutive patches that become one visual token
 * @param encoderWidth   width of a patch feature
 * @param layers         at least one
 * @param featureNormEps epsilon of the norm on the incoming features; null if there is none
 */
public record MlpConfig(
        String network,
        int patches,
        int joined,
        int encoderWidth,
        List<Layer> layers,
        @Nullable Double featureNormEps) implements PatchProjector {

    /**
     * A linear layer.
     *
     * @param name  published name
     * @param width width of its output
     * @param bias  whether it has one
     */
    public record Layer(String name, int width, boolean bias) {

        /** A layer with a bias. */
        public Layer(String name, int width) {
            this(name, width, true);
        }

        /** A layer with a bias, as wide as the LLM. */
        static Layer of(String name, LayerWidths widths) {
            return new Layer(name, widths.of(name + ".weight", 0));
        }
    }

    public MlpConfig {
        layers = List.copyOf(layers);
        if (patches % joined != 0) {
            throw new IllegalArgumentException(
                    "%d patches cannot be joined %d at a time (visual_tokens_adjacent)".formatted(patches, joined));
        }
    }

    /** ParGo's {@code linear} alternative. */
    public static MlpConfig linear(
            JsonConfig section, int patches, @Nullable Double featureNormEps, LayerWidths widths) {
        return fusion("linear", section, patches, List.of(Layer.of("llm_proj", widths)), featureNormEps);
    }

    /** ParGo's {@code mlp} alternative. */
    public static MlpConfig mlp(JsonConfig section, int patches, @Nullable Double featureNormEps, LayerWidths widths) {
        List<Layer> layers = List.of(Layer.of("llm_proj.0", widths), Layer.of("llm_proj.2", widths));
        return fusion("mlp", section, patches, layers, featureNormEps);
    }

    private static MlpConfig fusion(
            String network, JsonConfig section, int patches, List<Layer> layers, @Nullable Double featureNormEps) {
        return section.make(() -> new MlpConfig(
                network,
                patches,
                section.size("visual_tokens_adjacent", 4),
                section.size("encoder_width"),
                layers,
                featureNormEps));
    }

    /** LLaVA-1.5's two layers with a bias, applied to each patch. */
    public static MlpConfig llava(int patches, int encoderWidth, int llmWidth) {
        return llava(patches, encoderWidth, llmWidth, true);
    }

    /** LLaVA-1.5's two layers, applied to each patch. */
    public static MlpConfig llava(int patches, int encoderWidth, int llmWidth, boolean bias) {
        List<Layer> layers = List.of(
                new Layer("multi_modal_projector.linear_1", llmWidth, bias),
                new Layer("multi_modal_projector.linear_2", llmWidth, bias));
        return new MlpConfig("llava-mlp", patches, 1, encoderWidth, layers, null);
    }

    @Override
    public int inputTokens() {
        return patches;
    }

    @Override
    public int inputWidth() {
        return encoderWidth;
    }

    @Override
    public int outputTokens() {
        return patches / joined;
    }

    /** Patches are joined along the rows. */
    @Override
    public Grid outputGrid(Grid patches) {
        return patches.columns() % joined == 0
                ? new Grid(patches.frames(), patches.rows(), patches.columns() / joined)
                : Grid.line(outputTokens());
    }

    @Override
    public int outputWidth() {
        return layers.get(layers.size() - 1).width();
    }

    @Override
    public List<ParameterSpec> parameters() {
        ParameterList list = new ParameterList();
        if (featureNormEps != null) {
            list.norm(FEATURE_NORM, encoderWidth);
        }
        addLayers(list, "layers.", layers, encoderWidth * joined);
        return list.toList();
    }

    /** Adds consecutive layers. */
    static void addLayers(ParameterList list, String role, List<Layer> layers, int inputWidth) {
        int in = inputWidth;
        for (int i = 0; i < layers.size(); i++) {
            Layer layer = layers.get(i);
            list.matrix(role + i, layer.name(), layer.width(), in);
            if (layer.bias()) {
                list.bias(role + i, layer.name(), layer.width());
            }
            in = layer.width();
        }
    }

    @Override
    public String program() {
        return "mlp";
    }

    @Override
    public void addTo(Arguments arguments, PtNDManager manager, Placement placement) {
        arguments.add(layers.size()).add(joined).add(featureNormEps == null ? 0 : featureNormEps);
    }
}
