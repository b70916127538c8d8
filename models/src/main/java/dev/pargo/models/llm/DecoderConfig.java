package dev.pargo.models.llm;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import dev.pargo.models.config.ConfigException;
import dev.pargo.models.config.JsonConfig;
import dev.pargo.models.network.NetworkConfig;
import dev.pargo.models.network.Packing;
import dev.pargo.models.torch.Arguments;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.torch.Precision;
import dev.pargo.models.weights.ParameterList;
import dev.pargo.models.weights.ParameterSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Dimensions of a decoder, as in its published {@code config.json}.
 *
 * @param kvHeads      key/value heads; divides {@code heads}
 * @param attention    attention of each layer
 * @param axes         axes of the positions
 * @param context      largest number of tokens of prompt and answer together
 * @param qkvBias      whether the query, key and value projections have a bias
 * @param outBias      whether the output projection of attention has a bias
 * @param tied         whether the output layer shares the embedding's weights
 * @param eos          ids of the tokens that end an answer
 * @param style        differences from Llama
 */
public record DecoderConfig(
        DecoderFamily family,
        int vocabulary,
        int width,
        int layers,
        int heads,
        int kvHeads,
        int headWidth,
        int intermediate,
        double eps,
        List<LayerAttention> attention,
        PositionAxes axes,
        int context,
        boolean qkvBias,
        boolean outBias,
        boolean tied,
        List<Integer> eos,
        DecoderStyle style)
        implements NetworkConfig {

    public DecoderConfig {
        if (heads % kvHeads != 0) {
            throw new IllegalArgumentException("%d heads cannot share %d key/value heads".formatted(heads, kvHeads));
        }
        if (headWidth % 2 != 0) {
            throw new IllegalArgumentException("heads of width %d cannot be rotated in pairs".formatted(headWidth));
        }
        eos = List.copyOf(eos);
        attention = List.copyOf(attention);
        for (LayerAttention layer : attention) {
            layer.rope().frequencies(headWidth);
        }
        axes.ofPairs(headWidth / 2);
    }

    /**
     * Reads a directory in Hugging Face's layout.
     *
     * @throws ConfigException if config.json is missing or invalid, or its architecture is unknown
     */
    public static DecoderConfig read(Path directory) {
        return read(JsonConfig.read(directory.resolve("config.json")), directory);
    }

    /**
     * Reads a published configuration. Defaults are those of the family's configuration class in transformers.
     *
     * @param directory may hold a generation_config.json; its EOS ids take precedence
     * @throws ConfigException if it is invalid or its architecture is unknown
     */
    public static DecoderConfig read(JsonConfig config, Path directory) {
        return new DecoderReader(config).read(directory);
    }

    /** Whether a {@code model_type} is that of a decoder that is known here. */
    public static boolean knows(String modelType) {
        return DecoderFamily.ofModelType(modelType).isPresent();
    }

    /**
     * The same decoder with side inputs (DeepStack): after each of the first {@code count} layers, additional columns
     * of the visual tokens are added to their rows.
     */
    public DecoderConfig withSideInputs(int count) {
        return new DecoderConfig(
                family,
                vocabulary,
                width,
                layers,
                heads,
                kvHeads,
                headWidth,
                intermediate,
                eps,
                attention,
                axes,
                context,
                qkvBias,
                outBias,
                tied,
                eos,
                style.withSideInputs(count));
    }

    @Override
    public String network() {
        return family.modelType();
    }

    /** Number of query heads that share a key/value head. */
    public int groups() {
        return heads / kvHeads;
    }

    /**
     * The first layer of those whose attention is given: the upper half. The words of pargo-mini's descriptions put 66
     * % of their attention to the picture on the ninth of it where their object is; over all layers it is 57 %. Zhang
     * et al. ("MLLMs Know Where to Look", ICLR 2025, arXiv:2502.17422) use a single layer around or above the middle,
     * chosen for each model.
     */
    int watchedFrom() {
        return layers / 2;
    }

    @Override
    public List<ParameterSpec> parameters() {
        DecoderFamily.Names names = family.names();
        ParameterList list = new ParameterList().matrix("embedding", names.embedding(), vocabulary, width);
        for (int i = 0; i < layers; i++) {
            block(list, "layers.%d.".formatted(i), "model.layers.%d.".formatted(i), names);
        }
        list.scale("norm", "model.norm", width);
        if (!tied) {
            list.matrix("output", names.output(), vocabulary, width);
        }
        return list.toList();
    }

    private void block(ParameterList list, String role, String published, DecoderFamily.Names names) {
        int queries = heads * headWidth;
        int keys = kvHeads * headWidth;
        list.scale(role + "attention_norm", published + names.attentionNorm(), width);
        if (style.qkNorm()) {
            list.scale(role + "attention.q_norm", published + names.qNorm(), headWidth)
                    .scale(role + "attention.k_norm", published + names.kNorm(), headWidth);
        }
        if (style.postNorms()) {
            list.scale(role + "attention_post_norm", published + names.attentionPostNorm(), width)
                    .scale(role + "ffn_post_norm", published + names.ffnPostNorm(), width);
        }
        if (names.qkv().isEmpty()) {
            projection(list, role + "attention.q", published + names.q(), queries, width, qkvBias);
            projection(list, role + "attention.k", published + names.k(), keys, width, qkvBias);
            projection(list, role + "attention.v", published + names.v(), keys, width, qkvBias);
        } else {
            projection(list, role + "attention.qkv", published + names.qkv(), queries + 2 * keys, width, qkvBias);
        }
        projection(list, role + "attention.out", published + names.out(), width, queries, outBias);
        list.scale(role + "ffn_norm", published + names.ffnNorm(), width)
                .matrix(role + "ffn.gate", published + names.gate(), intermediate, width)
                .matrix(role + "ffn.up", published + names.up(), intermediate, width)
                .matrix(role + "ffn.down", published + names.down(), width, intermediate);
    }

    private static void projection(ParameterList list, String role, String name, int out, int in, boolean bias) {
        list.matrix(role, name, out, in);
        if (bias) {
            list.bias(role, name, out);
        }
    }

    /** Ignores rotary tables, which are computed here, and an output layer that is stored although it is tied. */
    @Override
    public boolean ignores(String tensor) {
        return tensor.endsWith("rotary_emb.inv_freq")
                || tied && tensor.equals(family.names().output() + ".weight");
    }

    /**
     * Whether a parameter is the matrix of a linear layer. The embedding counts as one if the output layer is tied to
     * it.
     */
    boolean isLinear(ParameterSpec parameter) {
        return parameter.shape().length == 2 && (parameter.role().startsWith("layers.") || isOutput(parameter));
    }

    /** Weights that every row of a prompt is multiplied with: all linear layers except the output layer. */
    public long weightsPerRow() {
        return parameters().stream()
                .filter(this::takesUpdates)
                .mapToLong(parameter -> parameter.shape()[0] * parameter.shape()[1])
                .sum();
    }

    private boolean isOutput(ParameterSpec parameter) {
        return parameter.role().equals((tied ? "embedding" : "output") + ".weight");
    }

    /** Bytes of a linear layer's weights in the form that is used for computing. */
    long linearBytes(ParameterSpec parameter, Placement placement) {
        long outputs = parameter.shape()[0];
        long inputs = parameter.shape()[1];
        boolean keepsBits = isOutput(parameter) || inputs % 32 != 0;
        return outputs * inputs * WeightForm.of(placement).bits(placement.precision(), keepsBits) / Byte.SIZE;
    }

    @Override
    public boolean takesUpdates(ParameterSpec parameter) {
        return parameter.role().startsWith("layers.") && isLinear(parameter);
    }

    @Override
    public Set<Precision> integerForms() {
        return Set.of(Precision.INT8, Precision.INT4);
    }

    @Override
    public Optional<Packing> packing(ParameterSpec parameter, Placement placement) {
        WeightForm form = WeightForm.of(placement);
        if (form == WeightForm.STORED || !isLinear(parameter)) {
            return Optional.empty();
        }
        long elements = parameter.shape()[0] * parameter.shape()[1];
        long kept = linearBytes(parameter, placement);
        if (!isOutput(parameter)) {
            // Gate and up are packed together, as are queries, keys and values.
            return Optional.of(new Packing(kept, 2 * elements * form.temporaryBytes()));
        }
        // A tied embedding is kept next to its packed copy, for looking up tokens.
        long embedding = tied ? elements * placement.precision().weights().bytes() : 0;
        return Optional.of(new Packing(embedding + kept, elements * form.temporaryBytes()));
    }

    /** Bytes that one token takes in a KV cache. */
    public long kvBytesPerToken(Placement placement) {
        return 2L * layers * kvHeads * headWidth * KvCache.dtype(placement).bytes();
    }

    @Override
    public String program() {
        return "decoder";
    }

    @Override
    public List<String> libraries() {
        return List.of("int8", "linear", "attention", "sampling");
    }

    @Override
    public void addTo(Arguments arguments, PtNDManager manager, Placement placement) {
        List<LayerAttention> kinds = attention.stream().distinct().toList();
        arguments
                .add(layers)
                .add(kvHeads)
                .add(groups())
                .addAll(kinds.stream()
                        .map(kind -> (PtNDArray) manager.create(kind.rope().frequencies(headWidth)))
                        .toList())
                .add(kinds.stream().mapToDouble(this::turnLength).toArray())
                .add(kinds.stream().mapToLong(LayerAttention::window).toArray())
                .add(attention.stream().mapToLong(kinds::indexOf).toArray())
                .add(axes.ofPairs(headWidth / 2))
                .add(context)
                .add(eps)
                .add(style.normOffset())
                .add(style.embeddingScale())
                .add(style.gelu())
                .add(style.sideInputs())
                .add(watchedFrom())
                .add(placement.precision().dtype().torchCode())
                .add(KvCache.dtype(placement).torchCode())
                .add(WeightForm.of(placement).ordinal());
    }

    /**
     * Length of the complex numbers that rotate queries and keys. It is applied to both, so attention scores are
     * multiplied by its square.
     */
    private double turnLength(LayerAttention kind) {
        return Math.sqrt(style.queryScale()) * kind.rope().scaling().attentionFactor();
    }
}
