package dev.pargo.models.network;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.config.JsonConfig;
import dev.pargo.models.fixture.Cosine;
import dev.pargo.models.fixture.FixtureCase;
import dev.pargo.models.fixture.GaussianWeights;
import dev.pargo.models.fixture.Tolerance;
import dev.pargo.models.llm.CausalLm;
import dev.pargo.models.llm.DecoderConfig;
import dev.pargo.models.llm.Logits;
import dev.pargo.models.llm.PromptEmbedding;
import dev.pargo.models.llm.PromptPart;
import dev.pargo.models.projector.MlpConfig;
import dev.pargo.models.projector.Projector;
import dev.pargo.models.projector.ProjectorConfig;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.torch.Precision;
import dev.pargo.models.vision.ClipConfig;
import dev.pargo.models.vision.EvaGConfig;
import dev.pargo.models.vision.VisionConfig;
import dev.pargo.models.vision.VisionEncoder;
import dev.pargo.models.weights.Checkpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** In bfloat16 every network points where it does in float32. */
class Bfloat16Test {

    private static final Placement BFLOAT16 = new Placement(Device.cpu(), Precision.BFLOAT16, true);
    private static final ModelBundle MINI = ModelBundle.read(Path.of("../bundle/pargo-mini"));
    private static final Checkpoint GOLDEN = Checkpoint.open(Path.of("../bundle/pargo-mini/golden.safetensors"));

    private static void assertClose(float[] got, float[] want) {
        assertThat(got).hasSameSizeAs(want);
        assertThat(Cosine.of(got, want)).isGreaterThanOrEqualTo(0.999);
    }

    private static void checkEncoder(StoredNetwork<? extends VisionConfig> stored, HostTensor pixels, HostTensor want) {
        try (VisionEncoder encoder = VisionEncoder.load(stored, BFLOAT16)) {
            assertClose(Tolerance.floats(encoder.encode(List.of(pixels))), Tolerance.floats(want));
        }
    }

    private static void checkProjector(
            StoredNetwork<? extends ProjectorConfig> stored, HostTensor features, HostTensor want) {
        try (Projector projector = Projector.load(stored, BFLOAT16)) {
            assertClose(Tolerance.floats(projector.project(List.of(features))), Tolerance.floats(want));
        }
    }

    /** The bundle's goldens have no features before the projector's norm. */
    @Test
    void eva02AndParGo() {
        HostTensor pixels = GOLDEN.read("image1.pixel_values").get(0);
        HostTensor features;
        try (VisionEncoder exact = VisionEncoder.load(MINI.vision(), Placement.REFERENCE)) {
            features = exact.encode(List.of(pixels)).get(0);
        }
        checkEncoder(MINI.vision(), pixels, features);
        checkProjector(
                MINI.projector(), features, GOLDEN.read("image1.visual_tokens").get(0));
    }

    @TestFactory
    Stream<DynamicTest> clip() {
        return FixtureCase.discover("clip_llava").stream()
                .map(fixture -> DynamicTest.dynamicTest(fixture.name(), () -> {
                    Checkpoint checkpoint = Checkpoint.open(fixture.directory());
                    JsonConfig config = JsonConfig.read(fixture.directory().resolve("config.json"));
                    checkEncoder(
                            new StoredNetwork<>(ClipConfig.read(config, -2, checkpoint), checkpoint),
                            Tolerance.float32(fixture.golden("pixel_values").get(0)),
                            fixture.golden("features").get(0));
                }));
    }

    @TestFactory
    Stream<DynamicTest> llavaProjector() {
        return FixtureCase.discover("clip_llava").stream()
                .map(fixture -> DynamicTest.dynamicTest(fixture.name(), () -> {
                    HostTensor features = fixture.golden("features").get(0);
                    int llmWidth = fixture.config().get("llm_hidden").asInt();
                    checkProjector(
                            new StoredNetwork<>(
                                    MlpConfig.llava((int) features.shape()[0], (int) features.shape()[1], llmWidth),
                                    Checkpoint.open(fixture.file("/weights/projector"))),
                            features,
                            fixture.golden("projected").get(0));
                }));
    }

    @Test
    void evaG(@TempDir Path directory) throws IOException {
        EvaGConfig config = new EvaGConfig(28, 7, 64, 4, 4, 256, 1e-6, 4);
        StoredNetwork<EvaGConfig> stored = new StoredNetwork<>(
                config,
                new GaussianWeights(5).add("", config.parameters()).checkpoint(directory.resolve("model.safetensors")));
        HostTensor pixels = HostTensor.allocate(DType.FLOAT32, 3, 28, 28);
        Random random = new Random(5);
        for (int i = 0; i < pixels.elements(); i++) {
            pixels.data().putFloat(i * Float.BYTES, (float) random.nextGaussian());
        }
        try (VisionEncoder exact = VisionEncoder.load(stored, Placement.REFERENCE)) {
            checkEncoder(stored, pixels, exact.encode(List.of(pixels)));
        }
    }

    @TestFactory
    Stream<DynamicTest> decoders() {
        return FixtureCase.discover("internlm2", "llama", "qwen2", "mistral").stream()
                .flatMap(fixture -> fixture.goldens().tensors().keySet().stream()
                        .filter(name -> name.endsWith(".logits") && !name.startsWith("lora"))
                        .map(name -> DynamicTest.dynamicTest(
                                fixture.name() + " " + name, () -> checkDecoder(fixture, name))));
    }

    private static void checkDecoder(FixtureCase fixture, String logitsName) {
        HostTensor prompt =
                fixture.golden(logitsName.replace(".logits", ".inputs_embeds")).get(0);
        StoredNetwork<DecoderConfig> stored =
                new StoredNetwork<>(DecoderConfig.read(fixture.directory()), Checkpoint.open(fixture.directory()));
        try (CausalLm lm = CausalLm.load(stored, BFLOAT16);
                PromptEmbedding embedding = lm.embed(List.of(new PromptPart.Visual(prompt)));
                Logits logits = lm.score(embedding)) {
            assertClose(logits.toArray(), Tolerance.floats(fixture.golden(logitsName)));
        }
    }
}
