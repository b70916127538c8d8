package dev.pargo.models.llm;

import dev.pargo.models.config.ConfigException;
import dev.pargo.models.weights.ParameterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A decoder as other programs read it: in the layout of its family in transformers. InternLM2 is written as the Llama
 * that it is, because transformers and vLLM know InternLM2 only with the code that is published beside its weights. Its
 * joint projection of queries, keys and values is divided.
 */
public final class PublishedDecoder {

    /**
     * A tensor of the layout.
     *
     * @param name      its published name
     * @param parameter the name of the parameter that it is taken from
     * @param runs      the rows that it consists of, in order
     */
    public record Tensor(String name, String parameter, List<Run> runs, long[] shape) {}

    /** Some rows of a parameter that follow each other. A vector that is taken as a whole has the rows 0 to 1. */
    public record Run(int first, int count) {}

    private final DecoderConfig config;

    /** @throws ConfigException if the layout cannot be written */
    public PublishedDecoder(DecoderConfig config) {
        this.config = config;
        if (config.family() == DecoderFamily.GEMMA3
                || config.axes().count() > 1
                || config.style().sideInputs() > 0) {
            throw new ConfigException(
                    "an LLM of type %s is not written as a directory of its own".formatted(config.network()));
        }
        rope();
    }

    /** The {@code config.json}, without the type of the weights. */
    public ObjectNode config() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.putArray("architectures").add(architecture());
        json.put("model_type", modelType());
        json.put("vocab_size", config.vocabulary())
                .put("hidden_size", config.width())
                .put("intermediate_size", config.intermediate())
                .put("num_hidden_layers", config.layers())
                .put("num_attention_heads", config.heads())
                .put("num_key_value_heads", config.kvHeads())
                .put("head_dim", config.headWidth())
                .put("hidden_act", "silu")
                .put("rms_norm_eps", config.eps())
                .put("max_position_embeddings", config.context())
                .put("tie_word_embeddings", config.tied())
                .put("attention_bias", config.qkvBias());
        json.setAll(rope());
        windows(json);
        ArrayNode eos = json.putArray("eos_token_id");
        config.eos().forEach(eos::add);
        return json;
    }

    private String modelType() {
        return config.family() == DecoderFamily.INTERNLM2
                ? "llama"
                : config.family().modelType();
    }

    private String architecture() {
        return switch (config.family()) {
            case INTERNLM2, LLAMA -> "LlamaForCausalLM";
            case MISTRAL -> "MistralForCausalLM";
            case QWEN2 -> "Qwen2ForCausalLM";
            case QWEN3 -> "Qwen3ForCausalLM";
            case GEMMA3 -> throw new IllegalStateException("refused before");
        };
    }

    private ObjectNode rope() {
        Set<RotaryEmbedding> ropes =
                config.attention().stream().map(LayerAttention::rope).collect(Collectors.toSet());
        RotaryEmbedding rope = ropes.iterator().next();
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("rope_theta", rope.theta());
        if (rope.scaling() instanceof RopeScaling.Linear linear) {
            json.putObject("rope_scaling").put("rope_type", "linear").put("factor", linear.factor());
        } else if (rope.scaling() instanceof RopeScaling.Llama3 llama3) {
            json.putObject("rope_scaling")
                    .put("rope_type", "llama3")
                    .put("factor", llama3.factor())
                    .put("low_freq_factor", llama3.lowFactor())
                    .put("high_freq_factor", llama3.highFactor())
                    .put("original_max_position_embeddings", llama3.originalContext());
        } else if (ropes.size() > 1 || !(rope.scaling() instanceof RopeScaling.None)) {
            throw new ConfigException("the rotary embedding of the LLM %s is scaled in a way that is not written: %s"
                    .formatted(config.network(), rope.scaling()));
        }
        return json;
    }

    private void windows(ObjectNode json) {
        int window = config.attention().stream()
                .mapToInt(LayerAttention::window)
                .max()
                .orElse(0);
        if (window == 0) {
            json.putNull("sliding_window");
            return;
        }
        json.put("sliding_window", window);
        if (config.family() != DecoderFamily.MISTRAL) {
            json.put("use_sliding_window", true);
            ArrayNode types = json.putArray("layer_types");
            config.attention().forEach(layer -> types.add(layer.window() > 0 ? "sliding_attention" : "full_attention"));
        }
    }

    /** The tensors, in the order of the layers. */
    public List<Tensor> tensors() {
        List<Tensor> tensors = new ArrayList<>();
        for (ParameterSpec parameter : config.parameters()) {
            if (parameter.role().contains(".attention.qkv.")) {
                divide(parameter, tensors);
            } else {
                int rows = parameter.shape().length == 1
                        ? 1
                        : Math.toIntExact(parameter.shape()[0]);
                tensors.add(new Tensor(
                        name(parameter.role()), parameter.name(), List.of(new Run(0, rows)), parameter.shape()));
            }
        }
        return tensors;
    }

    /** For each key/value head there are the rows of its query heads, then of its key, then of its value. */
    private void divide(ParameterSpec joint, List<Tensor> tensors) {
        int head = config.headWidth();
        int group = (config.groups() + 2) * head;
        for (String part : List.of("q", "k", "v")) {
            List<Run> runs = new ArrayList<>();
            int offset = part.equals("q") ? 0 : (config.groups() + (part.equals("k") ? 0 : 1)) * head;
            int count = part.equals("q") ? config.groups() * head : head;
            for (int i = 0; i < config.kvHeads(); i++) {
                runs.add(new Run(i * group + offset, count));
            }
            long[] shape = joint.shape().clone();
            shape[0] = (long) config.kvHeads() * count;
            tensors.add(new Tensor(name(joint.role().replace(".qkv.", "." + part + ".")), joint.name(), runs, shape));
        }
    }

    /** Llama's name for the role of a parameter. */
    private static String name(String role) {
        if (!role.startsWith("layers.")) {
            return role.replace("embedding.", "model.embed_tokens.")
                    .replace("output.", "lm_head.")
                    .replaceFirst("^norm\\.", "model.norm.");
        }
        return "model."
                + role.replace(".attention_norm.", ".input_layernorm.")
                        .replace(".ffn_norm.", ".post_attention_layernorm.")
                        .replace(".attention.q_norm.", ".self_attn.q_norm.")
                        .replace(".attention.k_norm.", ".self_attn.k_norm.")
                        .replaceFirst("\\.attention\\.([qkv])\\.", ".self_attn.$1_proj.")
                        .replace(".attention.out.", ".self_attn.o_proj.")
                        .replaceFirst("\\.ffn\\.(gate|up|down)\\.", ".mlp.$1_proj.");
    }
}
