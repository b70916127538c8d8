package dev.pargo.models.bundle;

import dev.pargo.models.fixture.GaussianWeights;
import dev.pargo.models.llm.DecoderConfig;
import dev.pargo.models.projector.MlpConfig;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.vision.ClipConfig;
import dev.pargo.models.weights.ParameterSpec;
import dev.pargo.models.weights.TorchFileWriter;
import dev.pargo.models.weights.WrittenTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes a tiny LLaVA-1.5 directory in the layout of the published ones. */
final class LlavaDirectory {

    static final String CONFIG = """
            {"architectures": ["LlavaForConditionalGeneration"], "model_type": "llava", "image_token_index": 500,
             "projector_hidden_act": "gelu", "vision_feature_layer": -2, "vision_feature_select_strategy": "default",
             "tie_word_embeddings": false,
             "vision_config": {"model_type": "clip_vision_model", "hidden_size": 24, "image_size": 28, "patch_size": 7,
               "intermediate_size": 48, "num_hidden_layers": 3, "num_attention_heads": 2, "projection_dim": 16,
               "vocab_size": 100},
             "text_config": {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": 32,
               "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 4,
               "max_position_embeddings": 256, "rms_norm_eps": 1e-05, "vocab_size": 520}}""";

    /** The published configuration with the small model's sizes. */
    static final String ORIGINAL_CONFIG = """
            {"_name_or_path": "llava-v1.5-7b", "architectures": ["LlavaLlamaForCausalLM"], "bos_token_id": 1,
             "eos_token_id": 2, "freeze_mm_mlp_adapter": false, "hidden_act": "silu", "hidden_size": 32,
             "image_aspect_ratio": "pad", "image_grid_pinpoints": null, "intermediate_size": 64, "max_length": 4096,
             "max_position_embeddings": 256, "mm_hidden_size": 24, "mm_projector_type": "mlp2x_gelu",
             "mm_resampler_type": null, "mm_use_im_patch_token": false, "mm_use_im_start_end": false,
             "mm_vision_select_feature": "patch", "mm_vision_select_layer": -2,
             "mm_vision_tower": "openai/clip-vit-large-patch14-336", "model_type": "llava", "num_attention_heads": 4,
             "num_hidden_layers": 2, "num_key_value_heads": 4, "pad_token_id": 0, "pretraining_tp": 1,
             "rms_norm_eps": 1e-05, "rope_scaling": null, "tie_word_embeddings": false, "torch_dtype": "float16",
             "unfreeze_mm_vision_tower": false, "use_cache": true, "use_mm_proj": true, "vocab_size": 520}""";

    private static final String CLIP_CONFIG = """
            {"architectures": ["CLIPModel"], "model_type": "clip", "projection_dim": 16,
             "text_config": {"model_type": "clip_text_model", "hidden_size": 16},
             "vision_config": {"model_type": "clip_vision_model", "hidden_size": 24, "image_size": 28, "patch_size": 7,
               "intermediate_size": 48, "num_hidden_layers": 3, "num_attention_heads": 2, "projection_dim": 16}}""";

    private static final String PROCESSOR = """
            {"image_processor_type": "CLIPImageProcessor", "do_resize": true, "size": {"shortest_edge": 28},
             "resample": 3, "do_center_crop": true, "crop_size": {"height": 28, "width": 28}, "do_rescale": true,
             "rescale_factor": 0.00392156862745098, "do_normalize": true,
             "image_mean": [0.48145466, 0.4578275, 0.40821073], "image_std": [0.26862954, 0.26130258, 0.27577711]}""";

    /** All three blocks; two of them are run. */
    private static final ClipConfig TOWER = new ClipConfig(28, 7, 24, 3, 2, 48, true, 1e-5, 4);

    private LlavaDirectory() {}

    /**
     * Writes a model of this class as LLaVA's authors publish theirs: the decoder's names, shards of torch's, and the tower
     * in a directory beside it, a whole CLIP under its published name.
     */
    static Path writeOriginal(Path huggingFace, Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("config.json"), ORIGINAL_CONFIG);
        Files.copy(huggingFace.resolve("tokenizer.model"), directory.resolve("tokenizer.model"));
        GaussianWeights weights = weights(huggingFace, false);
        List<String> decoder = weights.shapes().keySet().stream()
                .filter(name -> name.startsWith("language_model."))
                .toList();
        List<String> projector = weights.shapes().keySet().stream()
                .filter(name -> name.startsWith("multi_modal_projector."))
                .toList();
        ObjectNode index = new JsonMapper().createObjectNode();
        ObjectNode map = index.putObject("weight_map");
        List<List<String>> shards = List.of(decoder, projector);
        for (int i = 0; i < shards.size(); i++) {
            String file = "pytorch_model-0000%d-of-00002.bin".formatted(i + 1);
            shards.get(i).forEach(name -> map.put(originalName(name), file));
            torch(directory.resolve(file), weights, shards.get(i));
        }
        Files.writeString(directory.resolve("pytorch_model.bin.index.json"), index.toString());
        Path clip = Files.createDirectories(directory.resolveSibling("openai/clip-vit-large-patch14-336"));
        Files.writeString(clip.resolve("config.json"), CLIP_CONFIG);
        Files.writeString(clip.resolve("preprocessor_config.json"), PROCESSOR);
        weights.add("", List.of(new ParameterSpec("text_model.final_layer_norm.weight", 16)));
        List<String> tower = weights.shapes().keySet().stream()
                .filter(name -> name.startsWith("vision_tower.") || name.startsWith("text_model."))
                .toList();
        torch(clip.resolve("pytorch_model.bin"), weights, tower);
        return directory;
    }

    private static void torch(Path file, GaussianWeights weights, List<String> names) {
        Map<String, String> byOriginal = new LinkedHashMap<>();
        names.forEach(name -> byOriginal.put(originalName(name), name));
        List<WrittenTensor> tensors = byOriginal.entrySet().stream()
                .map(name -> new WrittenTensor(
                        name.getKey(), DType.FLOAT32, weights.shapes().get(name.getValue())))
                .toList();
        TorchFileWriter.write(file, tensors, (tensor, out) -> {
            float[] values = weights.values(byOriginal.get(tensor.name()));
            ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(values);
            out.accept(bytes);
        });
    }

    private static String originalName(String name) {
        return name.replace("multi_modal_projector.linear_1.", "model.mm_projector.0.")
                .replace("multi_modal_projector.linear_2.", "model.mm_projector.2.")
                .replace("language_model.", "")
                .replace("vision_tower.", "");
    }

    /** @param newer whether the names are those of newer files, which all begin with {@code model.} */
    static Path write(Path directory, boolean newer) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("config.json"), CONFIG);
        Files.writeString(directory.resolve("preprocessor_config.json"), PROCESSOR);
        Files.copy(Path.of("src/test/fixtures/tokenizer/bpe_prefix.model"), directory.resolve("tokenizer.model"));
        weights(directory, newer).write(directory.resolve("model.safetensors"));
        return directory;
    }

    private static GaussianWeights weights(Path directory, boolean newer) {
        String outer = newer ? "model." : "";
        List<ParameterSpec> decoder = DecoderConfig.read(
                        dev.pargo.models.config.JsonConfig.read(directory.resolve("config.json"))
                                .section("text_config"),
                        directory)
                .parameters();
        List<ParameterSpec> postNorm = List.of(
                new ParameterSpec("vision_model.post_layernorm.weight", 24),
                new ParameterSpec("vision_model.post_layernorm.bias", 24));
        GaussianWeights weights = new GaussianWeights(11)
                .add(outer + "vision_tower.", TOWER.parameters())
                .add(outer + "vision_tower.", postNorm)
                .add(outer, MlpConfig.llava(16, 24, 32).parameters());
        for (ParameterSpec parameter : decoder) {
            String name = parameter.name();
            String published =
                    newer ? name.replaceFirst("^model\\.", "model.language_model.") : "language_model." + name;
            weights.add("", List.of(new ParameterSpec(published, parameter.shape())));
        }
        return weights;
    }
}
