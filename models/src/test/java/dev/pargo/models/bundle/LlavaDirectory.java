package dev.pargo.models.bundle;

import dev.pargo.models.fixture.RandomWeights;
import dev.pargo.models.llm.DecoderConfig;
import dev.pargo.models.projector.MlpConfig;
import dev.pargo.models.vision.ClipConfig;
import dev.pargo.models.weights.ParameterSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

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

    private static final String PROCESSOR = """
            {"image_processor_type": "CLIPImageProcessor", "do_resize": true, "size": {"shortest_edge": 28},
             "resample": 3, "do_center_crop": true, "crop_size": {"height": 28, "width": 28}, "do_rescale": true,
             "rescale_factor": 0.00392156862745098, "do_normalize": true,
             "image_mean": [0.48145466, 0.4578275, 0.40821073], "image_std": [0.26862954, 0.26130258, 0.27577711]}""";

    /** All three blocks, of which two are run. */
    private static final ClipConfig TOWER = new ClipConfig(28, 7, 24, 3, 2, 48, true, 1e-5, 4);

    private LlavaDirectory() {}

    /** @param newer whether names are those of newer files, all under {@code model.} */
    static Path write(Path directory, boolean newer) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("config.json"), CONFIG);
        Files.writeString(directory.resolve("preprocessor_config.json"), PROCESSOR);
        Files.copy(Path.of("src/test/fixtures/tokenizer/bpe_prefix.model"), directory.resolve("tokenizer.model"));
        weights(directory, newer).write(directory.resolve("model.safetensors"));
        return directory;
    }

    private static RandomWeights weights(Path directory, boolean newer) {
        String outer = newer ? "model." : "";
        List<ParameterSpec> decoder = DecoderConfig.read(
                        dev.pargo.models.config.JsonConfig.read(directory.resolve("config.json"))
                                .section("text_config"),
                        directory)
                .parameters();
        List<ParameterSpec> postNorm = List.of(
                new ParameterSpec("vision_model.post_layernorm.weight", 24),
                new ParameterSpec("vision_model.post_layernorm.bias", 24));
        RandomWeights weights = new RandomWeights(11)
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
