package dev.pargo.models.projector;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import dev.pargo.models.config.JsonConfig;
import dev.pargo.models.torch.Arguments;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.weights.ParameterList;
import dev.pargo.models.weights.ParameterSpec;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Dimensions of a ParGo projector. Without partial tokens it is a Q-Former.
 *
 * @param queries       partial and global tokens together: the visual tokens of one image
 * @param partial       partial tokens, which come first among the queries; 0 for an ordinary Q-Former
 * @param patches       patch features of one image
 * @param encoderWidth  width of a patch feature
 * @param hidden        width of the projector
 * @param crossEvery    layers whose index it divides have cross-attention
 * @param positions     rows of the position table; at least {@code queries}
 * @param llmWidth      width of a visual token
 * @param eps           epsilon of the projector's layer norms
 * @param radii         cascade radius of each layer, -1 for unlimited
 * @param featureNormEps epsilon of the norm on the incoming features; null if they are already normalised
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
        @Nullable Double featureNormEps)
        implements PatchProjector {

    private static final String BERT = "ParGo.bert.";
    private static final String OUT = "llm_proj";

    public ParGoConfig {
        if (radii.size() != layers) {
            throw new IllegalArgumentException("cascade has %d radii for %d layers".formatted(radii.size(), layers));
        }
        if (positions < queries) {
            throw new IllegalArgumentException("%d query tokens do not fit %d positions".formatted(queries, positions));
        }
        if (partial > queries) {
            throw new IllegalArgumentException("%d partial tokens of %d queries".formatted(partial, queries));
        }
        if (partial > 0 && patches % partial != 0) {
            throw new IllegalArgumentException(
                    "%d patches cannot be divided among %d partial tokens".formatted(patches, partial));
        }
        if (hidden % heads != 0) {
            throw new IllegalArgumentException("width %d is not divisible by %d heads".formatted(hidden, heads));
        }
        radii = List.copyOf(radii);
    }

    /**
     * Reads a manifest's section.
     *
     * @param partial        partial tokens; 0 for a Q-Former
     * @param patches        patch features of one image
     * @param featureNormEps epsilon of the norm on the incoming features
     */
    public static ParGoConfig read(
            JsonConfig section, int partial, int patches, double featureNormEps, LayerWidths widths) {
        int layers = section.size("num_hidden_layers");
        return section.make(() -> new ParGoConfig(
                section.size("num_query_token"),
                partial,
                patches,
                section.size("encoder_width"),
                section.size("hidden_size"),
                layers,
                section.size("num_attention_heads"),
                section.size("intermediate_size"),
                section.size("cross_attention_freq", 1),
                section.size("max_position_embeddings", 512),
                // The manifest does not give this size. It is the output width of the last layer.
                widths.of(OUT + ".weight", 0),
                section.number("layer_norm_eps", 1e-12),
                section.has("cascade")
                        ? section.section("cascade").integers("radii")
                        : PartialGlobalMasks.released(layers),
                featureNormEps));
    }

    @Override
    public String network() {
        return partial == 0 ? "q-former" : "pargo";
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
        return queries;
    }

    @Override
    public int outputWidth() {
        return llmWidth;
    }

    @Override
    public Optional<QueryLayout> queryTokens() {
        List<Integer> crossLayers = IntStream.range(0, layers)
                .filter(layer -> layer % crossEvery == 0)
                .boxed()
                .toList();
        return Optional.of(new QueryLayout(partial, queries - partial, patches, heads, crossLayers));
    }

    @Override
    public List<ParameterSpec> parameters() {
        ParameterList list = new ParameterList().tensor("query_tokens", 1, queries, hidden);
        if (featureNormEps != null) {
            list.norm(FEATURE_NORM, encoderWidth);
        }
        list.matrix(BERT + "embeddings.position_embeddings", positions, hidden)
                .norm(BERT + "embeddings.LayerNorm", hidden);
        for (int i = 0; i < layers; i++) {
            String layer = BERT + "encoder.layer." + i;
            attention(list, layer + ".attention", hidden);
            if (i % crossEvery == 0) {
                attention(list, layer + ".crossattention", encoderWidth);
            }
            list.linear(layer + ".intermediate_query.dense", intermediate, hidden)
                    .linear(layer + ".output_query.dense", hidden, intermediate)
                    .norm(layer + ".output_query.LayerNorm", hidden);
        }
        return list.linear(OUT, llmWidth, hidden).toList();
    }

    private void attention(ParameterList list, String name, int contextWidth) {
        list.linear(name + ".self.query", hidden, hidden)
                .linear(name + ".self.key", hidden, contextWidth)
                .linear(name + ".self.value", hidden, contextWidth)
                .linear(name + ".output.dense", hidden, hidden)
                .norm(name + ".output.LayerNorm", hidden);
    }

    /** Position ids are a buffer that is computed here, so the stored one is ignored. */
    @Override
    public boolean ignores(String tensor) {
        return PatchProjector.super.ignores(tensor) || tensor.equals(BERT + "embeddings.position_ids");
    }

    @Override
    public String program() {
        return "pargo";
    }

    @Override
    public void addTo(Arguments arguments, PtNDManager manager, Placement placement) {
        arguments
                .add(layers)
                .add(heads)
                .add(crossEvery)
                .add(eps)
                .add(featureNormEps == null ? 0 : featureNormEps)
                .addAll(selfMasks(manager))
                .addAll(crossMasks(manager));
    }

    private List<PtNDArray> selfMasks(PtNDManager manager) {
        if (partial == 0) {
            return List.of();
        }
        return radii.stream()
                .map(radius -> mask(manager, masks().selfAttention(radius)))
                .toList();
    }

    private List<PtNDArray> crossMasks(PtNDManager manager) {
        return partial == 0 ? List.of() : List.of(mask(manager, masks().crossAttention(patches)));
    }

    private PartialGlobalMasks masks() {
        return new PartialGlobalMasks(partial, queries - partial);
    }

    private PtNDArray mask(PtNDManager manager, boolean[] mask) {
        return (PtNDArray) manager.create(mask, new Shape(queries, mask.length / queries));
    }
}
