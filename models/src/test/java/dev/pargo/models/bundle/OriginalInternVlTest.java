package dev.pargo.models.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pargo.models.chat.Dialogue;
import dev.pargo.models.chat.DialogueMessage;
import dev.pargo.models.chat.PromptFormat;
import dev.pargo.models.chat.Written;
import dev.pargo.models.config.ConfigException;
import dev.pargo.models.fixture.Tolerance;
import dev.pargo.models.image.ImageCutter;
import dev.pargo.models.image.RgbImage;
import dev.pargo.models.picture.PicturePixels;
import dev.pargo.models.picture.PictureRows;
import dev.pargo.models.projector.Projector;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.tokenizer.Tokenizer;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.vision.VisionEncoder;
import dev.pargo.models.weights.Checkpoint;
import dev.pargo.models.weights.SafetensorsWriter;
import dev.pargo.models.weights.WrittenTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A small model in transformers' layout, written as InternVL's authors publish theirs, is the same model. */
class OriginalInternVlTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Path HUGGING_FACE = Path.of("src/test/families/internvl_qwen3/model");

    /** The fields of OpenGVLab/InternVL3-1B's config.json that differ from transformers' layout. */
    private static final String CONFIG = """
            {"architectures": ["InternVLChatModel"], "model_type": "internvl_chat", "downsample_ratio": 0.5,
             "dynamic_image_size": true, "force_image_size": 56, "max_dynamic_patch": 4, "min_dynamic_patch": 1,
             "pad2square": false, "ps_version": "v2", "select_layer": -1, "template": "internvl2_5",
             "use_backbone_lora": 0, "use_llm_lora": 0, "use_thumbnail": true,
             "vision_config": {"architectures": ["InternVisionModel"], "model_type": "intern_vit_6b",
               "hidden_act": "gelu", "hidden_size": 64, "image_size": 56, "intermediate_size": 128,
               "layer_norm_eps": 1e-06, "norm_type": "rms_norm", "num_attention_heads": 2, "num_hidden_layers": 2,
               "patch_size": 14, "qk_normalization": true, "qkv_bias": false}}""";

    @TempDir
    private Path directory;

    @BeforeEach
    void write() throws IOException {
        ObjectNode config = (ObjectNode) JSON.readTree(CONFIG);
        config.set(
                "llm_config",
                JSON.readTree(Files.readString(HUGGING_FACE.resolve("config.json")))
                        .get("text_config"));
        write(config);
        for (String file : List.of("tokenizer.json", "tokenizer_config.json", "generation_config.json")) {
            Files.copy(HUGGING_FACE.resolve(file), directory.resolve(file));
        }
        Map<String, List<HostTensor>> tensors = new LinkedHashMap<>();
        Checkpoint published = Checkpoint.open(HUGGING_FACE);
        published.tensors().keySet().stream()
                .sorted(Comparator.comparing(name -> name.replace(".q_proj", ".a_proj")))
                .forEach(name -> tensors.computeIfAbsent(originalName(name), key -> new ArrayList<>())
                        .add(published.read(name)));
        List<WrittenTensor> written = new ArrayList<>();
        tensors.forEach((name, parts) -> {
            long[] shape = parts.get(0).shape().clone();
            shape[0] *= parts.size();
            written.add(new WrittenTensor(name, parts.get(0).dtype(), shape));
        });
        SafetensorsWriter.write(
                directory.resolve("model.safetensors"),
                written,
                (tensor, out) -> tensors.get(tensor.name())
                        .forEach(part -> out.accept(
                                part.data().duplicate().order(part.data().order()))));
    }

    private void write(ObjectNode config) throws IOException {
        Files.writeString(directory.resolve("config.json"), config.toString());
    }

    /** Queries, keys and values come in this order, and are one tensor in the original. */
    private static String originalName(String name) {
        String plain = name.replaceFirst("^model\\.(?=vision_tower|multi_modal)", "")
                .replaceFirst("^model\\.language_model\\.", "language_model.model.")
                .replaceFirst("^lm_head\\.", "language_model.lm_head.");
        return plain.replace("vision_tower.", "vision_model.")
                .replace("multi_modal_projector.layer_norm.", "mlp1.0.")
                .replace("multi_modal_projector.linear_1.", "mlp1.1.")
                .replace("multi_modal_projector.linear_2.", "mlp1.3.")
                .replace(".cls_token", ".class_embedding")
                .replace(".position_embeddings", ".position_embedding")
                .replace(".patch_embeddings.projection.", ".patch_embedding.")
                .replace(".encoder.layer.", ".encoder.layers.")
                .replaceFirst("\\.attention\\.[qkv]_proj\\.", ".attn.qkv.")
                .replace(".attention.projection_layer.", ".attn.proj.")
                .replace(".attention.", ".attn.")
                .replace(".layernorm_before.", ".norm1.")
                .replace(".layernorm_after.", ".norm2.")
                .replace(".lambda_", ".ls");
    }

    @Test
    void isTheSameModelAsInTransformersLayout() {
        ModelBundle expected = ModelBundle.read(HUGGING_FACE);
        ModelBundle bundle = ModelBundle.read(directory);

        bundle.vision().check();
        bundle.projector().check();
        bundle.llm().check();
        assertThat(bundle.llm().fingerprint()).isEqualTo(expected.llm().fingerprint());
        assertThat(Tolerance.floats(visualTokens(bundle).rows()))
                .isEqualTo(Tolerance.floats(visualTokens(expected).rows()));
    }

    /** Number of visual tokens of a picture that is cut into tiles. */
    private static PictureRows visualTokens(ModelBundle bundle) {
        byte[] rgb = new byte[3 * 200 * 90];
        new Random(1).nextBytes(rgb);
        ImageCutter cutter = bundle.pictures();
        PicturePixels pixels = cutter.cut(new RgbImage(200, 90, rgb), true);
        assertThat(pixels.pieces()).hasSizeGreaterThan(2);
        try (VisionEncoder encoder = VisionEncoder.load(bundle.vision(), Placement.REFERENCE);
                Projector projector = Projector.load(bundle.projector(), Placement.REFERENCE)) {
            return projector
                    .projectPictures(encoder.encodePictures(List.of(pixels)))
                    .get(0);
        }
    }

    @Test
    void thePromptIsItsConversation() {
        ModelBundle bundle = ModelBundle.read(directory);
        try (Tokenizer tokenizer = bundle.tokenizer()) {
            PromptFormat format = bundle.promptFormat(tokenizer);
            assertThat(format.origin()).isEqualTo("the conversation internvl2_5 of InternVL's code");
            Dialogue conversation = Dialogue.of(
                    DialogueMessage.question("What is this?"),
                    DialogueMessage.text(DialogueMessage.ASSISTANT, "A cat."),
                    DialogueMessage.text(DialogueMessage.USER, "Sure?"));
            assertThat(Written.of(format, conversation))
                    .isEqualTo("(<|im_start|>)system\n"
                            + "你是书生·万象，英文名是InternVL，是由上海人工智能实验室、清华大学及多家合作单位联合开发的多模态大语言模型。"
                            + "(<|im_end|>)\n"
                            + "(<|im_start|>)user\n[0]\nWhat is this?(<|im_end|>)\n"
                            + "(<|im_start|>)assistant\nA cat.(<|im_end|>)\n"
                            + "(<|im_start|>)user\nSure?(<|im_end|>)\n(<|im_start|>)assistant\n");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ps_version, v1, unknown ps_version",
        "template, phi3-chat, unknown template",
        "use_llm_lora, 16, use_llm_lora is set"
    })
    void refusesWhatItDoesNotKnow(String field, String value, String problem) throws IOException {
        ObjectNode config = (ObjectNode) JSON.readTree(Files.readString(directory.resolve("config.json")));
        if (value.matches("\\d+")) {
            config.put(field, Integer.parseInt(value));
        } else {
            config.put(field, value);
        }
        write(config);
        assertThatThrownBy(() -> ModelBundle.read(directory).vision())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void unequalQueriesKeysAndValuesAreRefused() {
        Checkpoint checkpoint = Checkpoint.open(directory);
        assertThatThrownBy(() -> checkpoint.divideRows(
                        name -> name.contains("attn.proj.weight"), List.of("a", "b", "c"), "proj"))
                .hasMessageContaining("is not 3 equal parts");
    }
}
