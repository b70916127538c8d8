package dev.pargo.models.llm;

import java.util.Arrays;
import java.util.Optional;

/** How the publishers of a family of decoders name the parts of one and the same network. */
enum DecoderFamily {
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
                    "output")),
    LLAMA("llama", Names.LLAMA),
    QWEN2("qwen2", Names.LLAMA),
    MISTRAL("mistral", Names.LLAMA);

    /**
     * Published names; those of a block stand behind {@code model.layers.N.}.
     *
     * @param qkv the fused projection, or empty where the publishers have three
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
            String output) {

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
    }

    private final String modelType;
    private final Names names;

    DecoderFamily(String modelType, Names names) {
        this.modelType = modelType;
        this.names = names;
    }

    /** The {@code model_type} of its config.json. */
    String modelType() {
        return modelType;
    }

    Names names() {
        return names;
    }

    static Optional<DecoderFamily> ofModelType(String modelType) {
        return Arrays.stream(values())
                .filter(family -> family.modelType.equals(modelType))
                .findFirst();
    }
}
