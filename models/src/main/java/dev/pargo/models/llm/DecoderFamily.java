package dev.pargo.models.llm;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Families of decoders that share one network. They differ in the names of tensors and in the defaults of their
 * configuration classes.
 */
public enum DecoderFamily {
    INTERNLM2(
            "internlm2",
            new Names(
                    "model.tok_embeddings",
                    "attention_norm",
                    "attention.wqkv",
                    "",
                    "",
                    "",
                    "attention.wo",
                    "ffn_norm",
                    "feed_forward.w1",
                    "feed_forward.w3",
                    "feed_forward.w2",
                    "output"),
            new Defaults(103_168, 4096, 11_008, 32, 32, 0, 2048, 2)),
    LLAMA("llama", Names.LLAMA, new Defaults(32_000, 4096, 11_008, 32, 32, 0, 2048, 2)),
    QWEN2("qwen2", Names.LLAMA, new Defaults(151_936, 4096, 22_016, 32, 32, 32, 32_768, -1)),
    QWEN3("qwen3", Names.LLAMA, new Defaults(151_936, 4096, 22_016, 32, 32, 32, 32_768, -1, 128, 4096)),
    MISTRAL("mistral", Names.LLAMA, new Defaults(32_000, 4096, 14_336, 32, 32, 8, 131_072, 2)),
    GEMMA3("gemma3_text", Names.GEMMA, new Defaults(262_208, 2304, 9216, 26, 8, 4, 131_072, 1, 256, 4096));

    /** Model types of the same networks as parts of multimodal models. */
    private static final Map<String, DecoderFamily> ALIASES = Map.of(
            "qwen2_vl", QWEN2,
            "qwen2_vl_text", QWEN2,
            "qwen2_5_vl", QWEN2,
            "qwen2_5_vl_text", QWEN2,
            "qwen3_vl_text", QWEN3);

    /**
     * Published tensor names. Names of a block's tensors follow {@code model.layers.N.}.
     *
     * @param qkv the fused projection; empty if there are three separate ones
     */
    record Names(
            String embedding,
            String attentionNorm,
            String qkv,
            String q,
            String k,
            String v,
            String out,
            String ffnNorm,
            String gate,
            String up,
            String down,
            String output,
            String attentionPostNorm,
            String ffnPostNorm) {

        private Names(
                String embedding,
                String attentionNorm,
                String qkv,
                String q,
                String k,
                String v,
                String out,
                String ffnNorm,
                String gate,
                String up,
                String down,
                String output) {
            this(embedding, attentionNorm, qkv, q, k, v, out, ffnNorm, gate, up, down, output, "", "");
        }

        String qNorm() {
            return "self_attn.q_norm";
        }

        String kNorm() {
            return "self_attn.k_norm";
        }

        private static final Names LLAMA = new Names(
                "model.embed_tokens",
                "input_layernorm",
                "",
                "self_attn.q_proj",
                "self_attn.k_proj",
                "self_attn.v_proj",
                "self_attn.o_proj",
                "post_attention_layernorm",
                "mlp.gate_proj",
                "mlp.up_proj",
                "mlp.down_proj",
                "lm_head");

        private static final Names GEMMA = new Names(
                "model.embed_tokens",
                "input_layernorm",
                "",
                "self_attn.q_proj",
                "self_attn.k_proj",
                "self_attn.v_proj",
                "self_attn.o_proj",
                "pre_feedforward_layernorm",
                "mlp.gate_proj",
                "mlp.up_proj",
                "mlp.down_proj",
                "lm_head",
                "post_attention_layernorm",
                "post_feedforward_layernorm");
    }

    /**
     * Defaults of the family's configuration class in transformers. A {@code text_config} leaves out values that equal
     * them.
     *
     * @param kvHeads   0 for as many as query heads
     * @param eos       -1 for none
     * @param headWidth 0 for the width divided by the heads
     * @param window    sliding window of the layers that have one, in tokens
     */
    record Defaults(
            int vocabulary,
            int width,
            int intermediate,
            int layers,
            int heads,
            int kvHeads,
            int context,
            int eos,
            int headWidth,
            int window) {

        private Defaults(
                int vocabulary, int width, int intermediate, int layers, int heads, int kvHeads, int context, int eos) {
            this(vocabulary, width, intermediate, layers, heads, kvHeads, context, eos, 0, 4096);
        }
    }

    private final String modelType;
    private final Names names;
    private final Defaults defaults;

    DecoderFamily(String modelType, Names names, Defaults defaults) {
        this.modelType = modelType;
        this.names = names;
        this.defaults = defaults;
    }

    /** The {@code model_type} in the family's config.json. */
    String modelType() {
        return modelType;
    }

    Names names() {
        return names;
    }

    Defaults defaults() {
        return defaults;
    }

    static Optional<DecoderFamily> ofModelType(String modelType) {
        return Arrays.stream(values())
                .filter(family -> family.modelType.equals(modelType))
                .findFirst()
                .or(() -> Optional.ofNullable(ALIASES.get(modelType)));
    }

    static String known() {
        return Arrays.stream(values()).map(DecoderFamily::modelType).collect(Collectors.joining(", "));
    }
}
