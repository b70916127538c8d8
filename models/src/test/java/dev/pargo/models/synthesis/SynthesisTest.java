package dev.pargo.models.synthesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.fixture.Tolerance;
import dev.pargo.models.image.RgbImage;
import dev.pargo.models.llm.CausalLm;
import dev.pargo.models.llm.Logits;
import dev.pargo.models.llm.PromptEmbedding;
import dev.pargo.models.llm.PromptPart;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.picture.Grid;
import dev.pargo.models.picture.PictureRows;
import dev.pargo.models.projector.Projector;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.tokenizer.Tokenizer;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.vision.VisionConfig;
import dev.pargo.models.vision.VisionEncoder;
import dev.pargo.models.weights.Checkpoint;
import dev.pargo.models.weights.CheckpointException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SynthesisTest {

    @TempDir
    private Path temporary;

    static Stream<String> presets() {
        return Synthesis.presets().keySet().stream();
    }

    private Path write(Preset preset, long seed) {
        Path directory = temporary.resolve("model-" + seed);
        Synthesis.begin(preset, directory, OptionalInt.empty()).writeWeights(seed, bytes -> {});
        return directory;
    }

    /**
     * The decoders alone have the number of parameters that their publishers state; the others have those of ParGo or
     * LLaVA in addition.
     */
    @ParameterizedTest
    @CsvSource({
        "pargo-internlm2-7b, 7737708544",
        "smol-135m, 134515008",
        "llama-1b, 1235814400",
        "llava-1.5-7b, 6738939904",
        "smolvlm-256m, 162974016",
        "llava-onevision-0.5b, 494090112",
        "internvl3-1b, 629697920",
        "qwen2.5-vl-3b, 3085938688",
        "qwen3-vl-2b, 1720574976",
        "gemma3-4b, 3880263168"
    })
    void decodersHaveThePublishedNumberOfParameters(String preset, long parameters) {
        Synthesis.begin(preset, temporary.resolve("model"), OptionalInt.empty());
        long sum = PlannedNetworks.read(temporary.resolve("model")).llm().parameters().stream()
                .mapToLong(parameter -> {
                    long product = 1;
                    for (long size : parameter.shape()) {
                        product *= size;
                    }
                    return product;
                })
                .sum();
        assertThat(sum).isEqualTo(parameters);
    }

    @ParameterizedTest
    @MethodSource("presets")
    void aPictureGoesThroughTheNetworksOfEveryPreset(String preset) {
        ModelBundle bundle = ModelBundle.read(write(TinyPresets.shrink(preset), 1));
        RgbImage image = new RgbImage(100, 60, new byte[3 * 100 * 60]);
        List<PictureRows> features;
        try (VisionEncoder encoder = VisionEncoder.load(bundle.vision(), Placement.REFERENCE)) {
            features = encoder.encodePictures(List.of(bundle.pictures().cut(image, true)));
        }
        List<PictureRows> visual;
        try (Projector projector = Projector.load(bundle.projector(), Placement.REFERENCE)) {
            visual = projector.projectPictures(features);
        }
        assertAllFinite(Tolerance.floats(features.get(0).rows()));
        assertAllFinite(Tolerance.floats(visual.get(0).rows()));
        try (CausalLm llm = CausalLm.load(bundle.llm(), Placement.REFERENCE);
                Tokenizer tokenizer = bundle.tokenizer();
                PromptEmbedding prompt = llm.embed(prompt(tokenizer.encode("What is this?"), visual.get(0)));
                Logits logits = llm.score(prompt)) {
            assertAllFinite(logits.toArray());
        }
    }

    private static List<PromptPart> prompt(int[] ids, PictureRows picture) {
        List<PromptPart> parts = new ArrayList<>();
        parts.add(new PromptPart.Tokens(ids));
        for (int i = 0; i < picture.pieces().size(); i++) {
            Grid grid = picture.layout().pieces().get(i).grid();
            parts.add(new PromptPart.Visual(picture.pieces().get(i), grid));
        }
        return parts;
    }

    /** A random model may answer any token, and the prompt's control tokens are as published. */
    @ParameterizedTest
    @CsvSource({
        "smolvlm-256m, 49279, <end_of_utterance>",
        "internvl3-1b, 151667, <IMG_CONTEXT>",
        "gemma3-4b, 255999, <start_of_image>"
    })
    void everyIdOfATokenizerIsText(String preset, int id, String control) {
        Path directory = temporary.resolve("model");
        Synthesis.begin(preset, directory, OptionalInt.empty());
        try (Tokenizer tokenizer = ModelBundle.planned(directory).tokenizer()) {
            assertThat(tokenizer.controlToken(control)).hasValue(id);
            int[] ids = tokenizer.encode("Was für ein Bild?");
            byte[] text = "Was für ein Bild?".getBytes(StandardCharsets.UTF_8);
            assertThat(ids).hasSameSizeAs(text);
            for (int i = 0; i < ids.length; i++) {
                assertThat(tokenizer.bytes(ids[i])).containsExactly(text[i]);
            }
            Set<String> words = new HashSet<>();
            for (int word = 1000; word < 2000; word++) {
                words.add(new String(tokenizer.bytes(word), StandardCharsets.UTF_8));
            }
            assertThat(words).hasSize(1000).allMatch(word -> word.matches(" [a-z]{2,}"));
        }
    }

    /** The names that transformers 4 writes. */
    @ParameterizedTest
    @CsvSource({
        "llava-1.5-7b, vision_tower.vision_model.encoder.layers.23.mlp.fc2.bias,"
                + " multi_modal_projector.linear_1.weight, language_model.model.layers.1.mlp.up_proj.weight",
        "llava-onevision-0.5b, vision_tower.vision_model.post_layernorm.weight, image_newline,"
                + " language_model.model.embed_tokens.weight",
        "smolvlm-256m, model.vision_model.post_layernorm.bias, model.connector.modality_projection.proj.weight,"
                + " model.text_model.norm.weight",
        "internvl3-1b, vision_tower.encoder.layer.1.lambda_1, multi_modal_projector.layer_norm.weight,"
                + " language_model.lm_head.weight",
        "qwen2.5-vl-3b, visual.blocks.1.attn.qkv.bias, visual.merger.mlp.2.weight, model.norm.weight",
        "qwen3-vl-2b, model.visual.pos_embed.weight, model.visual.deepstack_merger_list.1.linear_fc2.bias,"
                + " model.language_model.layers.1.self_attn.q_norm.weight",
        "gemma3-4b, vision_tower.vision_model.encoder.layers.2.layer_norm2.bias,"
                + " multi_modal_projector.mm_input_projection_weight,"
                + " language_model.model.layers.1.pre_feedforward_layernorm.weight"
    })
    void tensorsHaveTheirPublishedNames(String preset, String vision, String projector, String llm) {
        assertThat(Checkpoint.open(write(TinyPresets.shrink(preset), 1)).tensors())
                .containsKeys(vision, projector, llm);
    }

    private static void assertAllFinite(float[] values) {
        double largest = 0;
        for (float value : values) {
            assertThat(value).isFinite();
            largest = Math.max(largest, Math.abs(value));
        }
        assertThat(largest).isPositive();
    }

    /** A file as DeepSpeed saves it, with all trained parts. */
    @Test
    void theReleaseHasItsFilesAndNames() {
        Path directory = write(TinyPresets.shrink("pargo-internlm2-7b"), 1);
        assertThat(Checkpoint.open(directory.resolve("EVA02_CLIP_L_336_psz14_s6B.pt"))
                        .tensors())
                .containsKeys(
                        "visual.cls_token",
                        "visual.head.weight",
                        "visual.rope.freqs_cos",
                        "visual.blocks.1.attn.rope.freqs_sin",
                        "text.transformer.resblocks.1.attn.in_proj_weight",
                        "logit_scale");
        Checkpoint fusion = Checkpoint.open(directory.resolve("pytorch_model.bin"));
        String lora = "module.llm_model.base_model.model.model.layers.1.attention.wqkv.lora_%s.default.weight";
        assertThat(fusion.get(lora.formatted("A")).shape()).isEqualTo(new long[] {4, 64});
        assertThat(fusion.get(lora.formatted("B")).shape()).isEqualTo(new long[] {128, 4});
        assertThat(fusion.get("module.query_tokens").dtype()).isEqualTo(DType.FLOAT32);
        assertThat(fusion.get("module.visual_encoder.cls_token").dtype()).isEqualTo(DType.FLOAT16);
        assertThat(fusion.get("module.ParGo.bert.embeddings.position_ids").dtype())
                .isEqualTo(DType.INT64);
        assertThat(directory.resolve("internlm2-7b")).isDirectoryContaining("glob:**/model.safetensors.index.json");
        assertThat(Checkpoint.open(directory.resolve("internlm2-7b"))
                        .get("model.tok_embeddings.weight")
                        .dtype())
                .isEqualTo(DType.BFLOAT16);
    }

    /** The tower is in two files: trained together with the projector, and before that. */
    @Test
    void theReleasesTowerCanComeFromEitherFile() throws IOException {
        Path directory = write(TinyPresets.shrink("pargo-internlm2-7b"), 1);
        StoredNetwork<VisionConfig> fused = ModelBundle.read(directory).vision();
        Path manifest = directory.resolve("bundle.json");
        Files.writeString(
                manifest,
                Files.readString(manifest)
                        .replaceFirst("pytorch_model.bin", "EVA02_CLIP_L_336_psz14_s6B.pt")
                        .replace("visual_encoder.", "visual."));
        StoredNetwork<VisionConfig> published = ModelBundle.read(directory).vision();

        fused.check();
        published.check();
        assertThat(published.config()).isEqualTo(fused.config());
        assertThat(published.fingerprint()).isNotEqualTo(fused.fingerprint());
    }

    @Test
    void layersCanBeFewerThanPublished() {
        Synthesis.begin("llama-1b", temporary.resolve("model"), OptionalInt.of(3));
        assertThat(PlannedNetworks.read(temporary.resolve("model")).llm().layers())
                .isEqualTo(3);
    }

    @Test
    void theSeedDecidesTheFingerprint() {
        Path one = write(TinyPresets.shrink("smol-135m"), 1);
        Path two = write(TinyPresets.shrink("smol-135m"), 2);
        assertThat(ModelBundle.read(one).revision())
                .isNotEqualTo(ModelBundle.read(two).revision());
    }

    @Test
    void tellsWhatItWrites() throws IOException {
        Synthesis synthesis =
                Synthesis.begin(TinyPresets.shrink("llava-1.5-7b"), temporary.resolve("model"), OptionalInt.empty());
        AtomicLong told = new AtomicLong();
        synthesis.writeWeights(1, told::addAndGet);
        assertThat(told).hasValue(synthesis.bytes());
        try (Stream<Path> files = Files.list(temporary.resolve("model"))) {
            assertThat(files.filter(file -> file.toString().endsWith(".safetensors"))
                            .mapToLong(SynthesisTest::size)
                            .sum())
                    .isBetween(synthesis.bytes(), synthesis.bytes() + 20_000);
        }
    }

    private static long size(Path file) {
        return file.toFile().length();
    }

    @Test
    void refusesADirectoryThatIsNotEmpty() throws IOException {
        Files.writeString(temporary.resolve("precious"), "");
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> Synthesis.begin("smol-135m", temporary, OptionalInt.empty()))
                .withMessage(temporary + " is not empty; name a new directory");
        assertThat(temporary).isDirectoryNotContaining("glob:**/bundle.json");
    }
}
