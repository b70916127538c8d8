package dev.pargo.models.llm;

import dev.pargo.models.bundle.BundleException;
import dev.pargo.models.weights.ParameterSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Dimensions of a decoder, as its published {@code config.json} has them.
 *
 * @param kvHeads      key/value heads; divides {@code heads}
 * @param context      most tokens of prompt and answer together
 * @param qkvBias      whether the projections into attention have a bias
 * @param outBias      whether the projection out of attention has one
 * @param tied         whether the output layer is the embedding
 * @param bos          id of the token that opens a prompt
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
        int bos,
        List<Integer> eos) {

    private static final JsonMapper JSON = new JsonMapper();

    /** The network's name on the wire. */
    public String network() {
        return family.modelType();
    }

    /**
     * Reads a directory in Hugging Face's layout.
     *
     * @throws BundleException if config.json is missing, not valid, or of an unknown architecture
     */
    public static DecoderConfig read(Path directory) {
        JsonNode config = json(directory.resolve("config.json"));
        Path generation = directory.resolve("generation_config.json");
        JsonNode eos = config.path("eos_token_id");
        if (Files.exists(generation)) {
            eos = json(generation).path("eos_token_id").isMissingNode()
                    ? eos
                    : json(generation).path("eos_token_id");
        }
        try {
            return parse(directory, config, eos);
        } catch (JacksonException e) {
            throw new BundleException("%s: %s".formatted(directory.resolve("config.json"), e.getOriginalMessage()), e);
        }
    }

    private static DecoderConfig parse(Path directory, JsonNode config, JsonNode eos) {
        DecoderFamily family = family(directory, config);
        int width = config.required("hidden_size").asInt();
        int heads = config.required("num_attention_heads").asInt();
        // InternLM2's configuration class has bias on by default.
        boolean bias = switch (family) {
            case INTERNLM2 -> config.path("bias").asBoolean(true);
            case QWEN2 -> true;
            case LLAMA, MISTRAL -> config.path("attention_bias").asBoolean(false);
        };
        return new DecoderConfig(
                family,
                config.required("vocab_size").asInt(),
                width,
                config.required("num_hidden_layers").asInt(),
                heads,
                config.path("num_key_value_heads").asInt(heads),
                config.path("head_dim").asInt(width / heads),
                config.required("intermediate_size").asInt(),
                config.required("rms_norm_eps").asDouble(),
                new RotaryEmbedding(config.path("rope_theta").asDouble(10_000), scaling(directory, config)),
                config.required("max_position_embeddings").asInt(),
                bias,
                bias && family != DecoderFamily.QWEN2,
                config.path("tie_word_embeddings").asBoolean(false),
                config.path("bos_token_id").asInt(-1),
                StreamSupport.stream(
                                (eos.isArray() ? eos : JSON.createArrayNode().add(eos)).spliterator(), false)
                        .map(JsonNode::asInt)
                        .toList());
    }

    private static DecoderFamily family(Path directory, JsonNode config) {
        String modelType = config.path("model_type").asString("");
        return DecoderFamily.ofModelType(modelType)
                .orElseThrow(() -> new BundleException("%s has an unknown model_type '%s': known are %s"
                        .formatted(
                                directory.resolve("config.json"),
                                modelType,
                                Arrays.stream(DecoderFamily.values())
                                        .map(DecoderFamily::modelType)
                                        .collect(Collectors.joining(", ")))));
    }

    private static RotaryEmbedding.Llama3Scaling scaling(Path directory, JsonNode config) {
        JsonNode scaling = config.path("rope_scaling");
        String type = scaling.path("rope_type").asString(scaling.path("type").asString(""));
        return switch (type) {
            // "dynamic" changes nothing up to max_position_embeddings, which is our limit.
            case "", "default", "dynamic" -> null;
            case "llama3" ->
                new RotaryEmbedding.Llama3Scaling(
                        scaling.required("factor").asDouble(),
                        scaling.required("low_freq_factor").asDouble(),
                        scaling.required("high_freq_factor").asDouble(),
                        scaling.required("original_max_position_embeddings").asInt());
            default ->
                throw new BundleException("%s has an unknown rope_scaling type '%s': known are dynamic, llama3"
                        .formatted(directory.resolve("config.json"), type));
        };
    }

    private static JsonNode json(Path file) {
        try {
            return JSON.readTree(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new BundleException("cannot read " + file, e);
        } catch (JacksonException e) {
            throw new BundleException("%s is not valid JSON: %s".formatted(file, e.getOriginalMessage()), e);
        }
    }

    /** Query heads that share a key/value head. */
    public int groups() {
        return heads / kvHeads;
    }

    /** The network's tensors: from its own names to the published ones. */
    Map<String, ParameterSpec> parameters() {
        DecoderFamily.Names names = family.names();
        Map<String, ParameterSpec> specs = new LinkedHashMap<>();
        add(specs, "embedding", names.embedding(), vocabulary, width);
        for (int i = 0; i < layers; i++) {
            String layer = "layers.%d.".formatted(i);
            String published = "model.layers.%d.".formatted(i);
            addNorm(specs, layer + "attention_norm", published + names.attentionNorm());
            int queryWidth = heads * headWidth;
            int keyWidth = kvHeads * headWidth;
            if (names.qkv().isEmpty()) {
                addAttention(specs, layer + "attention.q", published + names.q(), queryWidth, width, qkvBias);
                addAttention(specs, layer + "attention.k", published + names.k(), keyWidth, width, qkvBias);
                addAttention(specs, layer + "attention.v", published + names.v(), keyWidth, width, qkvBias);
            } else {
                int fused = queryWidth + 2 * keyWidth;
                addAttention(specs, layer + "attention.qkv", published + names.qkv(), fused, width, qkvBias);
            }
            addAttention(specs, layer + "attention.out", published + names.out(), width, queryWidth, outBias);
            addNorm(specs, layer + "ffn_norm", published + names.ffnNorm());
            add(specs, layer + "ffn.gate", published + names.gate(), intermediate, width);
            add(specs, layer + "ffn.up", published + names.up(), intermediate, width);
            add(specs, layer + "ffn.down", published + names.down(), width, intermediate);
        }
        addNorm(specs, "norm", "model.norm");
        if (!tied) {
            add(specs, "output", names.output(), vocabulary, width);
        }
        return specs;
    }

    private static void add(Map<String, ParameterSpec> specs, String name, String published, int out, int in) {
        specs.put(name + ".weight", new ParameterSpec(published + ".weight", out, in));
    }

    private void addNorm(Map<String, ParameterSpec> specs, String name, String published) {
        specs.put(name + ".weight", new ParameterSpec(published + ".weight", width));
    }

    private static void addAttention(
            Map<String, ParameterSpec> specs, String name, String published, int out, int in, boolean bias) {
        add(specs, name, published, out, in);
        if (bias) {
            specs.put(name + ".bias", new ParameterSpec(published + ".bias", out));
        }
    }
}
