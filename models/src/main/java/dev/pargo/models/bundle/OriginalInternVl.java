package dev.pargo.models.bundle;

import dev.pargo.models.config.JsonConfig;
import dev.pargo.models.weights.Checkpoint;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * InternVL 2 to 3.5 in their authors' layout, e.g. {@code OpenGVLab/InternVL3-1B}: the decoder's settings are in {@code
 * llm_config}, those of the tiles at the top level, and the prompt is a named conversation of their code. This class converts it
 * to the layout of transformers. Source: {@code modeling_internvl_chat.py}, {@code modeling_intern_vit.py} and {@code
 * conversation.py} of InternVL's code.
 */
final class OriginalInternVl {

    /** Sections of the converted configuration for settings that transformers keeps in other files. */
    static final String PROCESSOR = "image_processor";

    static final String TEMPLATE = "chat_template";

    private static final String OLD_MESSAGE = "你是由上海人工智能实验室联合商汤科技开发的书生多模态大模型，英文名叫InternVL, 是一个有用无害的人工智能助手。";
    private static final String NEW_MESSAGE = "你是书生·万象，英文名是InternVL，是由上海人工智能实验室、清华大学及多家合作单位联合开发的多模态大语言模型。";

    /** The conversations by name: system message, and what closes a message. */
    private static final Map<String, List<String>> CONVERSATIONS = Map.of(
            "internvl2_5", List.of(NEW_MESSAGE, "<|im_end|>\n"),
            "internlm2-chat", List.of(OLD_MESSAGE, "<|im_end|>"),
            "Hermes-2", List.of(OLD_MESSAGE, "<|im_end|>"));

    private OriginalInternVl() {}

    /** Whether a config.json is of this layout. */
    static boolean is(JsonConfig config) {
        return config.string("model_type", "").equals("internvl_chat");
    }

    /**
     * The same configuration in the layout of transformers, with sections {@value #PROCESSOR} and {@value #TEMPLATE}.
     *
     * @throws dev.pargo.models.config.ConfigException if it uses a setting that is not supported
     */
    static JsonConfig toHuggingFace(JsonConfig config) {
        if (!config.string("ps_version", "v1").equals("v2")) {
            throw config.unknown("ps_version", config.string("ps_version", "v1"), "v2");
        }
        for (String adapter : List.of("use_backbone_lora", "use_llm_lora")) {
            if (config.integer(adapter, 0) != 0) {
                throw config.problem(adapter + " is set; merge the adapter into the model");
            }
        }
        JsonConfig vision = config.section("vision_config");
        int size = config.size("force_image_size", vision.size("image_size", 224));
        ObjectNode converted = (ObjectNode) config.json().deepCopy();
        converted.put("model_type", "internvl");
        converted.set("text_config", config.section("llm_config").json());
        converted.set("vision_config", vision(vision, size));
        if (config.has("select_layer")) {
            converted.set("vision_feature_layer", config.json().get("select_layer"));
        }
        converted.set(PROCESSOR, processor(config, size));
        converted.put(TEMPLATE, template(config));
        return JsonConfig.of(config.file(), converted);
    }

    /** Defaults are those of {@code InternVisionConfig}. */
    private static ObjectNode vision(JsonConfig vision, int size) {
        return ((ObjectNode) vision.json().deepCopy())
                .put("image_size", size)
                .put("patch_size", vision.size("patch_size", 14))
                .put("hidden_size", vision.size("hidden_size", 3200))
                .put("num_attention_heads", vision.size("num_attention_heads", 25))
                .put("num_hidden_layers", vision.size("num_hidden_layers", 48))
                .put("intermediate_size", vision.size("intermediate_size", 12_800))
                .put("norm_type", vision.string("norm_type", "rms_norm"))
                .put("attention_bias", vision.flag("qkv_bias", false))
                .put("use_qk_norm", vision.flag("qk_normalization", true));
    }

    private static ObjectNode processor(JsonConfig config, int size) {
        boolean tiles = config.flag("dynamic_image_size", false);
        if (tiles && !config.flag("use_thumbnail", false)) {
            throw config.problem("use_thumbnail is false, which is not supported beside dynamic_image_size");
        }
        ObjectNode processor = JsonNodeFactory.instance
                .objectNode()
                .put("image_processor_type", "GotOcr2ImageProcessor")
                .put("crop_to_patches", tiles)
                .put("min_patches", config.size("min_dynamic_patch", 1))
                .put("max_patches", config.size("max_dynamic_patch", 6))
                .put("resample", 3);
        processor.putObject("size").put("height", size).put("width", size);
        processor.putArray("image_mean").add(0.485).add(0.456).add(0.406);
        processor.putArray("image_std").add(0.229).add(0.224).add(0.225);
        return processor;
    }

    private static String template(JsonConfig config) {
        String name = config.string("template", "");
        List<String> conversation = CONVERSATIONS.get(name);
        if (conversation == null) {
            throw config.unknown(
                    "template",
                    name,
                    String.join(", ", CONVERSATIONS.keySet().stream().sorted().toList()));
        }
        String close = conversation.get(1);
        return "{% if messages[0]['role'] != 'system' %}<|im_start|>system\n" + conversation.get(0) + close
                + "{% endif %}"
                + "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' }}"
                + "{% if message['content'] is string %}{{ message['content'] }}{% else %}"
                + "{% for part in message['content'] %}{% if part['type'] == 'image' %}{{ '<IMG_CONTEXT>\n' }}"
                + "{% elif part['type'] == 'text' %}{{ part['text'] }}{% endif %}{% endfor %}{% endif %}"
                + "{{ '" + close + "' }}{% endfor %}"
                + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";
    }

    /** The same tensors under the names of transformers, which stores queries, keys and values apart. */
    static Checkpoint tensors(Checkpoint original) {
        return original.divideRows(
                        name -> name.matches("vision_model\\..*\\.attn\\.qkv\\.(weight|bias)"),
                        List.of("attention.q_proj", "attention.k_proj", "attention.v_proj"),
                        "attn.qkv")
                .rename(OriginalInternVl::rename);
    }

    private static String rename(String name) {
        if (!name.startsWith("vision_model.")) {
            return name.replaceFirst("^mlp1\\.0\\.", "multi_modal_projector.layer_norm.")
                    .replaceFirst("^mlp1\\.1\\.", "multi_modal_projector.linear_1.")
                    .replaceFirst("^mlp1\\.3\\.", "multi_modal_projector.linear_2.");
        }
        return name.replace(".class_embedding", ".cls_token")
                .replace(".position_embedding", ".position_embeddings")
                .replace(".patch_embedding.", ".patch_embeddings.projection.")
                .replace(".encoder.layers.", ".encoder.layer.")
                .replace(".attn.proj.", ".attention.projection_layer.")
                .replace(".attn.", ".attention.")
                .replace(".norm1.", ".layernorm_before.")
                .replace(".norm2.", ".layernorm_after.")
                .replaceFirst("\\.ls([12])$", ".lambda_$1");
    }
}
