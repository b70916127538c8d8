package dev.pargo.models.synthesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.fixture.Tolerance;
import dev.pargo.models.llm.CausalLm;
import dev.pargo.models.llm.Logits;
import dev.pargo.models.llm.PromptEmbedding;
import dev.pargo.models.llm.PromptPart;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.projector.Projector;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.tokenizer.Tokenizer;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.vision.VisionConfig;
import dev.pargo.models.vision.VisionEncoder;
import dev.pargo.models.weights.Checkpoint;
import dev.pargo.models.weights.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
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

    /** Parameters of the decoders alone are as their publishers count them; the others add what ParGo or LLaVA adds. */
    @ParameterizedTest
    @CsvSource({
        "pargo-internlm2-7b, 7737708544",
        "smol-135m, 134515008",
        "llama-1b, 1235814400",
        "llava-1.5-7b, 6738939904"
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
        HostTensor features;
        try (VisionEncoder encoder = VisionEncoder.load(bundle.vision(), Placement.REFERENCE)) {
            int size = encoder.config().square().imageSize();
            features = encoder.encode(List.of(HostTensor.allocate(DType.FLOAT32, 3, size, size)));
        }
        HostTensor visual;
        try (Projector projector = Projector.load(bundle.projector(), Placement.REFERENCE)) {
            visual = projector.project(List.of(features.get(0)));
        }
        assertThat(visual.shape()).startsWith(1);
        assertAllFinite(Tolerance.floats(features));
        assertAllFinite(Tolerance.floats(visual));
        try (CausalLm llm = CausalLm.load(bundle.llm(), Placement.REFERENCE);
                Tokenizer tokenizer = bundle.tokenizer();
                PromptEmbedding prompt = llm.embed(List.of(
                        new PromptPart.Tokens(tokenizer.encode("What is this?")),
                        new PromptPart.Visual(visual.get(0))));
                Logits logits = llm.score(prompt)) {
            assertAllFinite(logits.toArray());
        }
    }

    private static void assertAllFinite(float[] values) {
        double largest = 0;
        for (float value : values) {
            assertThat(value).isFinite();
            largest = Math.max(largest, Math.abs(value));
        }
        assertThat(largest).isPositive();
    }

    /** As DeepSpeed saves it, with everything that was trained. */
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

    /** It is in two files: as trained together with the projector, and as it was before. */
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
