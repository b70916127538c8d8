package dev.pargo.models.llm;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import dev.pargo.models.config.ConfigException;
import dev.pargo.models.config.JsonConfig;
import dev.pargo.models.network.NetworkConfig;
import dev.pargo.models.network.Packing;
import dev.pargo.models.torch.Arguments;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.weights.ParameterList;
import dev.pargo.models.weights.ParameterSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Dimensions of a decoder, as its published {@code config.json} has them.
 *
 * @param kvHeads      key/value heads; divides {@code heads}
 * @param context      most tokens of prompt and answer together
 * @param qkvBias      whether the projections into attention have a bias
 * @param outBias      whether the projection out of attention has one
 * @param tied         whether the output layer is the embedding
 * @param eos          ids of the tokens that end an answer
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
        RotaryEmbedding rope,
        int context,
        boolean qkvBias,
        boolean outBias,
        boolean tied,
        List<Integer> eos)
        implements NetworkConfig {

    public DecoderConfig {
        if (heads % kvHeads != 0) {
            throw new IllegalArgumentException("%d heads cannot share %d key/value heads".formatted(heads, kvHeads));
        }
        if (headWidth % 2 != 0) {
            throw new IllegalArgumentException("heads of width %d cannot be rotated in pairs".formatted(headWidth));
        }
        eos = List.copyOf(eos);
    }

    /**
     * Reads a directory in Hugging Face's layout.
     *
     * @throws ConfigException if config.json is missing, not valid, or of an unknown architecture
     */
    public static DecoderConfig read(Path directory) {
        return read(JsonConfig.read(directory.resolve("config.json")), directory);
    }

    /**
     * Reads a published configuration. What it leaves out is as in its family's class in transformers.
     *
     * @param directory may hold a generation_config.json, whose ids of closing tokens win
     * @throws ConfigException if it is not valid, or of an unknown architecture
     */
    public static DecoderConfig read(JsonConfig config, Path directory) {
        String modelType = config.string("model_type", "");
        DecoderFamily family = DecoderFamily.ofModelType(modelType)
                .orElseThrow(() -> config.unknown("model_type", modelType, DecoderFamily.known()));
        DecoderFamily.Defaults defaults = family.defaults();
        String activation = config.string("hidden_act", "silu");
        if (!activation.equals("silu")) {
            throw config.unknown("hidden_act", activation, "silu");
        }
        int width = config.size("hidden_size", defaults.width());
        int heads = config.size("num_attention_heads", defaults.heads());
        // InternLM2's configuration class has bias on by default.
        boolean bias = switch (family) {
            case INTERNLM2 -> config.flag("bias", true);
            case QWEN2 -> true;
            case LLAMA, MISTRAL -> config.flag("attention_bias", false);
        };
        return config.make(() -> new DecoderConfig(
                family,
                config.size("vocab_size", defaults.vocabulary()),
                width,
                config.size("num_hidden_layers", defaults.layers()),
                heads,
                config.size("num_key_value_heads", defaults.kvHeads() == 0 ? heads : defaults.kvHeads()),
                config.size("head_dim", width / heads),
                config.size("intermediate_size", defaults.intermediate()),
                config.number("rms_norm_eps", 1e-6),
                rope(config),
                context(config, defaults),
                bias,
                bias && family != DecoderFamily.QWEN2,
                config.flag("tie_word_embeddings", false),
                eos(config, directory.resolve("generation_config.json"), defaults)));
    }

    private static List<Integer> eos(JsonConfig config, Path generation, DecoderFamily.Defaults defaults) {
        String field = "eos_token_id";
        if (Files.exists(generation)) {
            List<Integer> ids = JsonConfig.read(generation).integers(field);
            if (!ids.isEmpty()) {
                return ids;
            }
        }
        if (config.has(field)) {
            return config.integers(field);
        }
        return defaults.eos() < 0 ? List.of() : List.of(defaults.eos());
    }

    /** Beyond a sliding window the network would see less than we show it. */
    private static int context(JsonConfig config, DecoderFamily.Defaults defaults) {
        int context = config.size("max_position_embeddings", defaults.context());
        boolean slides = config.has("sliding_window") && config.flag("use_sliding_window", true);
        return slides ? Math.min(context, config.size("sliding_window")) : context;
    }

    private static RotaryEmbedding rope(JsonConfig config) {
        // Newer configurations have both under one name.
        JsonConfig scaling = config.sectionOrEmpty(config.has("rope_parameters") ? "rope_parameters" : "rope_scaling");
        double theta = scaling.number("rope_theta", config.number("rope_theta", 10_000));
        return new RotaryEmbedding(theta, scaling(scaling));
    }

    private static RotaryEmbedding.@Nullable Llama3Scaling scaling(JsonConfig scaling) {
        String type = scaling.string("rope_type", scaling.string("type", "default"));
        return switch (type) {
            // "dynamic" changes nothing up to max_position_embeddings, which is our limit.
            case "default", "dynamic" -> null;
            case "llama3" ->
                new RotaryEmbedding.Llama3Scaling(
                        scaling.number("factor"),
                        scaling.number("low_freq_factor"),
                        scaling.number("high_freq_factor"),
                        scaling.size("original_max_position_embeddings"));
            default -> throw scaling.unknown("rope_type", type, "default, dynamic, llama3");
        };
    }

    @Override
    public String network() {
        return family.modelType();
    }

    /** Query heads that share a key/value head. */
    public int groups() {
        return heads / kvHeads;
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

    /** Rotary tables are computed here; a tied output layer may be stored nonetheless. */
    @Override
    public boolean ignores(String tensor) {
        return tensor.endsWith("rotary_emb.inv_freq")
                || tied && tensor.equals(family.names().output() + ".weight");
    }

    /** Whether a parameter is a linear layer's matrix; the embedding is one where the output layer is tied to it. */
    boolean isLinear(ParameterSpec parameter) {
        return parameter.shape().length == 2 && (parameter.role().startsWith("layers.") || isOutput(parameter));
    }

    private boolean isOutput(ParameterSpec parameter) {
        return parameter.role().equals((tied ? "embedding" : "output") + ".weight");
    }

    /** Bytes of a linear layer's weights in the form that they are computed with. */
    long linearBytes(ParameterSpec parameter, Placement placement) {
        long outputs = parameter.shape()[0];
        long inputs = parameter.shape()[1];
        boolean keepsBits = isOutput(parameter) || inputs % 32 != 0;
        return outputs * inputs * WeightForm.of(placement).bits(placement.precision(), keepsBits) / Byte.SIZE;
    }

    @Override
    public boolean hasIntegerForms() {
        return true;
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
        // A tied embedding stays as it is beside its packed copy, for looking tokens up.
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
        return List.of("linear", "attention", "sampling");
    }

    @Override
    public void addTo(Arguments arguments, PtNDManager manager, Placement placement) {
        arguments
                .add(layers)
                .add(kvHeads)
                .add(groups())
                .add(eps)
                .add((PtNDArray) manager.create(rope.frequencies(headWidth)))
                .add(context)
                .add(placement.precision().dtype().torchCode())
                .add(KvCache.dtype(placement).torchCode())
                .add(KvCache.BLOCK_TOKENS)
                .add(WeightForm.of(placement).ordinal());
    }
}
